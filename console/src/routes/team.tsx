// The team: who may sign in and as what. Someone is invited by a link that is passed on by hand, so that no mail is needed.
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { wordsOf } from '../api/problem.ts';
import {
  changeRole,
  invitationsQuery,
  invite,
  letIn,
  shutOut,
  takeBack,
  teamQuery,
  type Invitation,
  type Role,
  type TeamMember,
} from '../api/team.ts';
import { useSession, When } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { roleName, roleWords } from '../lib/team-words.ts';
import { CopyField } from '../ui/copy-field.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { Answer, Trouble } from '../ui/states.tsx';
import { offerUndo } from '../ui/undo.tsx';

/** Only an owner makes owners. */
function useRoles(): readonly { readonly value: Role; readonly label: string }[] {
  const isOwner = useSession().user?.role === 'owner';
  return roleWords
    .filter(([role]) => isOwner || role !== 'owner')
    .map(([role, name]) => ({ value: role, label: name }));
}

export function TeamPage() {
  const team = useQuery(teamQuery);
  const invitations = useQuery(invitationsQuery).data?.items ?? [];
  const [open, { open: show, close }] = useDisclosure(false);
  return (
    <Page
      title="Team"
      lead={
        <>
          Who may sign in, and as what. Every change is in the <Link to="/settings/audit">log</Link>.
        </>
      }
      actions={
        <Button variant="filled" onClick={show}>
          Invite someone
        </Button>
      }
    >
      <Answer of={team}>{({ items }) => <Members members={items} />}</Answer>
      {invitations.length > 0 && <Invited invitations={invitations} />}
      <Section title="What each role may do">
        <Facts rows={roleWords.map(([, name, words]) => [name, words] as const)} />
      </Section>
      <Modal opened={open} onClose={close} title="Invite someone">
        <Invite onClose={close} />
      </Modal>
    </Page>
  );
}

function Members({ members }: { readonly members: readonly TeamMember[] }) {
  const session = useSession();
  return (
    <DataTable
      label="Team"
      rows={members}
      keyOf={(member) => member.id}
      columns={[
        {
          key: 'name',
          label: 'Name',
          lead: true,
          render: (member) => (
            <>
              <strong>
                <bdi>{member.name}</bdi>
              </strong>
              {member.id === session.user?.id && <span className="muted"> (you)</span>}
            </>
          ),
        },
        { key: 'email', label: 'E-mail', render: (member) => <span className="breaks">{member.email}</span> },
        { key: 'role', label: 'Role', render: (member) => <RoleCell member={member} /> },
        {
          key: 'at',
          label: 'Since',
          wide: true,
          render: (member) => <When at={member.created_at} as="date" />,
        },
        { key: 'end', label: '', numeric: true, render: (member) => <RemoveButton member={member} /> },
      ]}
    />
  );
}

/** Tells what went wrong, where there is no form to tell it in. */
function tell(error: unknown): void {
  const { message, hint } = wordsOf(error);
  notifications.show({ message: `${message} ${hint ?? ''}` });
}

function RoleCell({ member }: { readonly member: TeamMember }) {
  const client = useQueryClient();
  const roles = useRoles();
  const refresh = () => client.invalidateQueries({ queryKey: ['team'] });
  const change = useMutation({
    mutationFn: (role: Role) => changeRole(member.id, role),
    onSuccess: async (fresh) => {
      offerUndo({
        done: `${member.name} is ${roleName(fresh.role)} now.`,
        undo: async () => {
          await changeRole(member.id, member.role);
          await refresh();
        },
      });
      await refresh();
    },
    onError: tell,
  });
  const isMine = useSession().user?.id === member.id;
  if (isMine || !roles.some(({ value }) => value === member.role)) return roleName(member.role);
  return (
    <Select
      aria-label={`Role of ${member.name}`}
      size="xs"
      w={140}
      data={roles}
      value={member.role}
      allowDeselect={false}
      disabled={change.isPending}
      onChange={(value) => {
        const role = roles.find((one) => one.value === value)?.value;
        if (role && role !== member.role) change.mutate(role);
      }}
    />
  );
}

function RemoveButton({ member }: { readonly member: TeamMember }) {
  const client = useQueryClient();
  const session = useSession();
  const refresh = () => client.invalidateQueries({ queryKey: ['team'] });
  const out = useMutation({
    mutationFn: () => shutOut(member.id),
    onSuccess: async () => {
      offerUndo({
        done: `${member.name} is out, and signed out everywhere.`,
        undone: `${member.name} is in again.`,
        undo: async () => {
          await letIn(member.id);
          await refresh();
        },
      });
      await refresh();
    },
    onError: tell,
  });
  const isMine = session.user?.id === member.id;
  if (isMine || (member.role === 'owner' && session.user?.role !== 'owner')) return null;
  return (
    <Button
      size="xs"
      variant="subtle"
      color="danger"
      aria-label={`Remove ${member.name}`}
      loading={out.isPending}
      onClick={() => out.mutate()}
    >
      Remove
    </Button>
  );
}

function Invited({ invitations }: { readonly invitations: readonly Invitation[] }) {
  const client = useQueryClient();
  const back = useMutation({
    mutationFn: takeBack,
    onSuccess: () => client.invalidateQueries({ queryKey: ['team'] }),
    onError: tell,
  });
  return (
    <Section
      title="Invited"
      note="The link was shown once. A new invitation for the same address replaces it."
    >
      <DataTable
        label="Invited"
        rows={invitations}
        keyOf={(one) => one.id}
        columns={[
          { key: 'email', label: 'E-mail', lead: true, render: (one) => one.email },
          { key: 'role', label: 'Role', render: (one) => roleName(one.role) },
          { key: 'until', label: 'Works until', render: (one) => <When at={one.expires_at} /> },
          {
            key: 'end',
            label: '',
            numeric: true,
            render: (one) => (
              <Button
                size="xs"
                variant="subtle"
                aria-label={`Take back the invitation of ${one.email}`}
                onClick={() => back.mutate(one.id)}
              >
                Take back
              </Button>
            ),
          },
        ]}
      />
    </Section>
  );
}

function Invite({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const roles = useRoles();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('marketer');
  const make = useMutation({
    mutationFn: invite,
    onSuccess: () => client.invalidateQueries({ queryKey: ['team'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ email, role });
  };
  if (make.data) {
    return (
      <div className="stack">
        <p>
          Pass this link on to {make.data.email}. It works once, for a week, and is not shown again. Nothing
          was mailed.
        </p>
        <CopyField label="Invitation" value={make.data.link} main />
        <div className="form-foot">
          <Button onClick={onClose}>Done</Button>
        </div>
      </div>
    );
  }
  const atField = fieldError(make.error, '/email');
  return (
    <form onSubmit={submit} className="stack">
      <TextInput
        label="E-mail"
        type="email"
        required
        withAsterisk={false}
        data-autofocus
        value={email}
        error={atField}
        onChange={(e) => setEmail(e.currentTarget.value)}
      />
      <Select
        label="Role"
        description={roleWords.find(([key]) => key === role)?.[2]}
        data={roles}
        value={role}
        allowDeselect={false}
        onChange={(value) => setRole(roles.find((one) => one.value === value)?.value ?? role)}
      />
      {make.isError && !atField && <Trouble error={make.error} />}
      <div className="form-foot">
        <Button type="submit" variant="filled" loading={make.isPending}>
          Make the link
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}
