// Coming into a team by the link of an invitation: a name, a password, inside.
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { sessionQuery } from '../api/session.ts';
import { invitationQuery, join } from '../api/team.ts';
import { allAtFields, fieldError } from '../lib/fields.ts';
import { roleName, roleWords } from '../lib/team-words.ts';
import { Door } from '../ui/door.tsx';
import { Answer, Trouble } from '../ui/states.tsx';

const route = getRouteApi('/join');

export function JoinPage() {
  const { token = '' } = route.useSearch();
  const invited = useQuery(invitationQuery(token));
  const words = invited.data && roleWords.find(([key]) => key === invited.data.role)?.[2];
  return (
    <Door
      title={invited.data ? `Join ${invited.data.workspace}` : 'Join the team'}
      lead={invited.data && `As ${roleName(invited.data.role)}, with ${invited.data.email}. ${words ?? ''}`}
    >
      <Answer of={invited} rows={3}>
        {({ email }) => <JoinForm token={token} email={email} />}
      </Answer>
      <p className="muted">
        In already? <Link to="/sign-in">Sign in</Link>
      </p>
    </Door>
  );
}

function JoinForm({ token, email }: { readonly token: string; readonly email: string }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const enter = useMutation({
    mutationFn: join,
    onSuccess: async (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: '/' });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate({ token, name, password });
  };
  return (
    <form onSubmit={submit}>
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <TextInput
        label="Your name"
        autoComplete="name"
        required
        withAsterisk={false}
        value={name}
        error={fieldError(enter.error, '/name')}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        description="At least 10 characters"
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={password}
        error={fieldError(enter.error, '/password')}
        onChange={(e) => setPassword(e.currentTarget.value)}
      />
      {enter.isError && !allAtFields(enter.error, ['/name', '/password']) && <Trouble error={enter.error} />}
      <div className="form-foot">
        <Button type="submit" variant="filled" loading={enter.isPending}>
          Join
        </Button>
      </div>
    </form>
  );
}
