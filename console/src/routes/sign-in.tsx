// Signing in, and back to where one was.
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate, useRouter } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { sessionQuery, signIn } from '../api/session.ts';
import { Door } from '../ui/door.tsx';
import { Note, Trouble } from '../ui/states.tsx';

const route = getRouteApi('/sign-in');

/** Only an address of our own: never `//elsewhere` or a scheme. */
const isOurs = (from: string): boolean => /^\/(?![/\\])/.test(from) && !from.startsWith('/sign-in');

export function SignInPage() {
  const { from } = route.useSearch();
  const navigate = useNavigate();
  const router = useRouter();
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const entry = useMutation({
    mutationFn: signIn,
    onSuccess: async (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      if (from && isOurs(from)) router.history.push(from);
      else await navigate({ to: '/' });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    entry.mutate({ email, password });
  };
  return (
    <Door title="Sign in">
      {from && !entry.isError && <Note tone="info">Sign in to go on where you were.</Note>}
      {entry.isError && <Trouble error={entry.error} />}
      <form onSubmit={submit}>
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <div className="form-foot">
          <Button type="submit" variant="filled" loading={entry.isPending}>
            Sign in
          </Button>
        </div>
      </form>
      <p className="muted">
        Password forgotten? On the machine that runs Rapport: <code>npx rapport user create --help</code>
      </p>
    </Door>
  );
}
