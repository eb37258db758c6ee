// The first owner, by the one-time link that the machine's own console printed.
import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { industriesQuery, sessionQuery, setUp } from '../api/session.ts';
import { allAtFields, fieldError } from '../lib/fields.ts';
import { currencies, industries, timeZones } from '../lib/places.ts';
import { Door } from '../ui/door.tsx';
import { Answer, Trouble } from '../ui/states.tsx';

const route = getRouteApi('/setup');
const paths = [
  '/name',
  '/email',
  '/password',
  '/business/name',
  '/business/time_zone',
  '/business/currency',
  '/business/industry',
];

export function SetupPage() {
  const { token } = route.useSearch();
  const session = useQuery(sessionQuery);
  return (
    <Answer of={session} rows={4}>
      {(it) => {
        if (!it.setup_needed) return <AlreadySetUp />;
        return token ? <SetupForm token={token} /> : <NoToken />;
      }}
    </Answer>
  );
}

function AlreadySetUp() {
  return (
    <Door
      title="Rapport is set up"
      lead="The one-time link has been used. Whoever set it up can add you to the team."
    >
      <p>
        <Link to="/sign-in">Sign in</Link>
      </p>
    </Door>
  );
}

function NoToken() {
  return (
    <Door
      title="Open the one-time link"
      lead="Nobody owns this installation yet. So that no stranger can be first, its owner is made with a link."
    >
      <ol className="stack-tight prose">
        <li>Look at the terminal in which Rapport was started.</li>
        <li>
          Open the address printed there; it begins with <code>{location.origin}/setup?token=</code>
        </li>
      </ol>
      <p className="muted">
        The terminal is closed? This makes an owner too:{' '}
        <code>
          npx rapport user create --email you@example.com --name &quot;Your name&quot;{' '}
          <span className="nowrap">--role owner</span>
        </code>
      </p>
    </Door>
  );
}

function SetupForm({ token }: { readonly token: string }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [form, setForm] = useState(() => ({
    name: '',
    email: '',
    password: '',
    business: {
      name: '',
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
      currency: 'EUR',
      industry: 'shop',
    },
  }));
  const make = useMutation({
    mutationFn: setUp,
    onSuccess: async (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: '/' });
    },
  });
  const set = (part: Partial<typeof form>) => setForm((old) => ({ ...old, ...part }));
  const setBusiness = (part: Partial<typeof form.business>) =>
    setForm((old) => ({ ...old, business: { ...old.business, ...part } }));
  const problem = (path: string) => fieldError(make.error, path);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ token, ...form });
  };
  return (
    <Door title="Welcome to Rapport" lead="You become the owner. All of this can be changed later.">
      {make.isError && !allAtFields(make.error, paths) && <Trouble error={make.error} />}
      <form onSubmit={submit}>
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          withAsterisk={false}
          value={form.name}
          error={problem('/name')}
          onChange={(e) => set({ name: e.currentTarget.value })}
        />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={form.email}
          error={problem('/email')}
          onChange={(e) => set({ email: e.currentTarget.value })}
        />
        <PasswordInput
          label="Password"
          description="At least 10 characters"
          autoComplete="new-password"
          minLength={10}
          required
          withAsterisk={false}
          value={form.password}
          error={problem('/password')}
          onChange={(e) => set({ password: e.currentTarget.value })}
        />
        <fieldset>
          <legend>Your business</legend>
          <TextInput
            label="Name of the business"
            autoComplete="organization"
            required
            withAsterisk={false}
            value={form.business.name}
            error={problem('/business/name')}
            onChange={(e) => setBusiness({ name: e.currentTarget.value })}
          />
          <Select
            label="What kind of business"
            description="Says what counts as a purchase and as a visit"
            data={industries}
            allowDeselect={false}
            value={form.business.industry}
            error={problem('/business/industry')}
            onChange={(v) => v && setBusiness({ industry: v })}
          />
          <WhatCounts industry={form.business.industry} />
          <div className="pair">
            <Select
              label="Time zone"
              data={timeZones()}
              searchable
              allowDeselect={false}
              value={form.business.time_zone}
              error={problem('/business/time_zone')}
              onChange={(v) => v && setBusiness({ time_zone: v })}
            />
            <Select
              label="Currency"
              data={currencies()}
              searchable
              allowDeselect={false}
              value={form.business.currency}
              error={problem('/business/currency')}
              onChange={(v) => v && setBusiness({ currency: v })}
            />
          </div>
        </fieldset>
        <div className="form-foot">
          <Button type="submit" variant="filled" loading={make.isPending}>
            Set up Rapport
          </Button>
        </div>
      </form>
    </Door>
  );
}

/** The names of events that a developer will send: said before anything depends on them. */
function WhatCounts({ industry }: { readonly industry: string }) {
  const words = useQuery(industriesQuery).data?.industries.find(({ key }) => key === industry);
  if (!words) return null;
  return (
    <p className="muted" role="status">
      A purchase is {listOf(words.purchase)}; imported orders count. A visit is {listOf(words.visit)}.
    </p>
  );
}

const listOf = (names: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'disjunction' }).format(names.map((name) => `“${name}”`));
