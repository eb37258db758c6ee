// Templates: what the journeys' messages say.
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { newTemplate, templateQuery, templatesQuery } from '../api/templates.ts';
import { useCan, When } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { randomKey } from '../lib/random-key.ts';
import { startLetter } from '../lib/letter.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Deleted } from '../ui/deleted.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/states.tsx';

export function TemplatesPage() {
  const templates = useQuery(templatesQuery);
  const can = useCan();
  return (
    <Page
      title="Templates"
      lead="What your messages say. A saved change is used by every message that was not written yet."
      actions={can.define && <NewLetter />}
    >
      <Answer of={templates}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No template yet.">Give a letter a name above and begin to write.</Empty>
          ) : (
            <DataTable
              label="Templates"
              rows={items}
              keyOf={(template) => template.key}
              columns={[
                {
                  key: 'name',
                  label: 'Template',
                  lead: true,
                  render: (template) => (
                    <Link to="/templates/$key" params={{ key: template.key }} className="name-link">
                      {template.name}
                    </Link>
                  ),
                },
                { key: 'subject', label: 'Subject', render: (template) => template.subject },
                {
                  key: 'used',
                  label: 'Used by',
                  render: (template) =>
                    template.used_by.length === 0 ? (
                      <span className="muted">nothing yet</span>
                    ) : (
                      template.used_by.map((user, i) => (
                        <span key={user.journey}>
                          {i > 0 && ', '}
                          <Link to="/journeys/$id" params={{ id: user.journey }}>
                            {user.name}
                          </Link>
                        </span>
                      ))
                    ),
                },
                {
                  key: 'at',
                  label: 'Changed',
                  render: (template) => <When at={template.updated_at} as="date" />,
                },
              ]}
            />
          )
        }
      </Answer>
      {can.define && <Deleted of="templates" things="templates" />}
    </Page>
  );
}

function NewLetter() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: () =>
      newTemplate({
        name: name.trim(),
        subject: name.trim(),
        letter: startLetter(() => randomKey().slice(0, 12)),
      }),
    onSuccess: (made) => {
      client.setQueryData(templateQuery(made.key).queryKey, made);
      void client.invalidateQueries({ queryKey: templatesQuery.queryKey, exact: true });
      void navigate({ to: '/templates/$key', params: { key: made.key } });
    },
  });
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <TextInput
        aria-label="Name of the new letter"
        placeholder="Name of the new letter"
        value={name}
        maxLength={120}
        error={
          make.isError
            ? (fieldError(make.error, '/name') ?? fieldError(make.error, '/key') ?? make.error.message)
            : undefined
        }
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="filled" disabled={name.trim() === ''} loading={make.isPending}>
        New letter
      </Button>
    </form>
  );
}
