// One's own account: the password, and where one is signed in.
import { Button, PasswordInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { changePassword, endSession, sessionsQuery, type OwnSession } from '../api/team.ts';
import { useSession, When } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { roleName, roleWords } from '../lib/team-words.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { Answer, Badge, Trouble } from '../ui/states.tsx';

export function AccountPage() {
  const { user } = useSession();
  const sessions = useQuery(sessionsQuery);
  const role = user?.role ?? '';
  return (
    <Page title="Your account">
      <Section title="You">
        <Facts
          rows={[
            ['Name', user?.name],
            ['E-mail', user?.email],
            ['Role', `${roleName(role)}. ${roleWords.find(([key]) => key === role)?.[2] ?? ''}`],
          ]}
        />
      </Section>
      <Section title="Where you are signed in">
        <Answer of={sessions} rows={3}>
          {({ items }) => <Sessions sessions={items} />}
        </Answer>
      </Section>
      <Section title="Password" note="Changing it signs you out everywhere else.">
        <PasswordForm />
      </Section>
    </Page>
  );
}

function Sessions({ sessions }: { readonly sessions: readonly OwnSession[] }) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: endSession,
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  return (
    <div className="stack">
      <DataTable
        label="Where you are signed in"
        rows={sessions}
        keyOf={(one) => one.id}
        columns={[
          { key: 'device', label: 'Device', lead: true, render: (one) => <strong>{one.device}</strong> },
          { key: 'since', label: 'Signed in', render: (one) => <When at={one.created_at} /> },
          {
            key: 'last',
            label: 'Last seen, to a day',
            wide: true,
            render: (one) => <When at={one.last_at} as="date" />,
          },
          {
            key: 'end',
            label: '',
            numeric: true,
            render: (one) =>
              one.current ? (
                <Badge tone="good" icon="check">
                  this one
                </Badge>
              ) : (
                <Button size="xs" variant="subtle" onClick={() => end.mutate(one.id)}>
                  Sign out
                </Button>
              ),
          },
        ]}
      />
      {end.isError && <Trouble error={end.error} />}
      {sessions.length > 1 && (
        <div>
          <Button loading={end.isPending} onClick={() => end.mutate('others')}>
            Sign out everywhere else
          </Button>
        </div>
      )}
    </div>
  );
}

function PasswordForm() {
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const change = useMutation({
    mutationFn: changePassword,
    onSuccess: async () => {
      setCurrent('');
      setWanted('');
      notifications.show({ message: 'The password is changed. You are signed out everywhere else.' });
      await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ current, new: wanted });
  };
  const atField = fieldError(change.error, '/new');
  return (
    <form onSubmit={submit} className="form">
      <PasswordInput
        label="Current password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={current}
        onChange={(e) => setCurrent(e.currentTarget.value)}
      />
      <PasswordInput
        label="New password"
        description="At least 10 characters"
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={wanted}
        error={atField}
        onChange={(e) => setWanted(e.currentTarget.value)}
      />
      {change.isError && !atField && <Trouble error={change.error} />}
      <div className="form-foot">
        <Button type="submit" loading={change.isPending}>
          Change the password
        </Button>
      </div>
    </form>
  );
}
