// Keys: for servers that send events and drive the API, and for browsers that only report.
import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { createKey, keysQuery, revokeKey, rotateKey, type Key } from '../api/settings.ts';
import { useCan, When } from '../app/formats.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Badge, Empty, Note, Trouble } from '../ui/states.tsx';

export function KeysPage() {
  const keys = useQuery(keysQuery);
  const can = useCan();
  const [open, { open: show, close }] = useDisclosure(false);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const [replacing, setReplacing] = useState<Key | null>(null);
  return (
    <Page
      title="Keys"
      lead="A key connects something to Rapport. A server’s is shown once; a browser’s may be public."
      actions={
        can.connect && (
          <Button variant="filled" onClick={show}>
            Make a key
          </Button>
        )
      }
    >
      <Answer of={keys}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No key yet." action={<Button onClick={show}>Make a key</Button>}>
              A server key sends events and drives the API. A browser key goes into your site; it reports, and
              sees nothing.
            </Empty>
          ) : (
            <DataTable
              label="Keys"
              rows={items}
              keyOf={(key) => key.id}
              columns={[
                {
                  key: 'name',
                  label: 'Name',
                  lead: true,
                  render: (key) => <strong>{key.name || 'Without a name'}</strong>,
                },
                {
                  key: 'kind',
                  label: 'For',
                  render: (key) =>
                    key.kind === 'server' ? (
                      <Badge tone="plain" icon="system">
                        a server
                      </Badge>
                    ) : (
                      <Badge tone="plain" icon="people">
                        browsers
                      </Badge>
                    ),
                },
                { key: 'prefix', label: 'Begins with', render: (key) => <code>{key.prefix}…</code> },
                {
                  key: 'at',
                  label: 'Made',
                  wide: true,
                  render: (key) => <When at={key.created_at} as="date" />,
                },
                {
                  key: 'used',
                  label: 'Last used',
                  render: (key) => (key.last_used_at ? <When at={key.last_used_at} as="ago" /> : 'never'),
                },
                ...(can.connect
                  ? [
                      {
                        key: 'end',
                        label: '',
                        numeric: true,
                        render: (key: Key) => (
                          <span className="row key-acts">
                            <Button
                              size="xs"
                              variant="subtle"
                              aria-label={`Replace ${key.name || key.prefix}`}
                              onClick={() => setReplacing(key)}
                            >
                              Replace
                            </Button>
                            <Button
                              size="xs"
                              color="danger"
                              variant="subtle"
                              aria-label={`Revoke ${key.name || key.prefix}`}
                              onClick={() => setRevoking(key)}
                            >
                              Revoke
                            </Button>
                          </span>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          )
        }
      </Answer>
      <p className="muted">
        What to paste where, and whether it arrives: <Link to="/settings/connect">Connect your site</Link>.
      </p>
      <Modal opened={open} onClose={close} title="Make a key">
        <NewKey onClose={close} />
      </Modal>
      <Modal opened={replacing !== null} onClose={() => setReplacing(null)} title="Replace this key">
        {replacing && <Replace apiKey={replacing} onClose={() => setReplacing(null)} />}
      </Modal>
      <Modal opened={revoking !== null} onClose={() => setRevoking(null)} title="Revoke this key">
        {revoking && <Revoke apiKey={revoking} onClose={() => setRevoking(null)} />}
      </Modal>
    </Page>
  );
}

function NewKey({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const [kind, setKind] = useState<'server' | 'browser'>('server');
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: createKey,
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ kind, name });
  };
  if (make.data?.key) return <MadeKey made={make.data} onClose={onClose} />;
  return (
    <form onSubmit={submit} className="stack">
      <Radio.Group
        label="What will use it"
        value={kind}
        onChange={(value) => setKind(value === 'browser' ? 'browser' : 'server')}
      >
        <div className="stack-tight" style={{ marginTop: 8 }}>
          <Radio
            value="server"
            label="A server"
            description="Sends events and drives the API as a developer. Keep it secret."
          />
          <Radio
            value="browser"
            label="Browsers"
            description="Goes into your site. It reports events and sees nothing."
          />
        </div>
      </Radio.Group>
      <TextInput
        label="Name"
        placeholder="Shop back end"
        data-autofocus
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      {make.isError && <Trouble error={make.error} />}
      <div className="form-foot">
        <Button type="submit" variant="filled" loading={make.isPending}>
          Make the key
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}

function MadeKey({ made, onClose }: { readonly made: Key; readonly onClose: () => void }) {
  return (
    <div className="stack">
      {made.kind === 'server' ? (
        <Note tone="warning" title="Copy it now">
          It is not shown again. A lost key is replaced by a new one.
        </Note>
      ) : (
        <p>
          It may be public. <Link to="/settings/connect">Connect your site</Link> has the line to paste.
        </p>
      )}
      <CopyField label={made.name || 'The key'} value={made.key ?? ''} />
      <div className="form-foot">
        <Button variant="filled" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}

function Replace({ apiKey, onClose }: { readonly apiKey: Key; readonly onClose: () => void }) {
  const client = useQueryClient();
  const replace = useMutation({
    mutationFn: () => rotateKey(apiKey.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
  if (replace.data) return <MadeKey made={replace.data} onClose={onClose} />;
  return (
    <div className="stack">
      <p>
        A second key of the same kind and name is made. <strong>{apiKey.name || apiKey.prefix}</strong> goes
        on working until you revoke it: put the new one in place first, and look here when the old one was
        last used.
      </p>
      {replace.isError && <Trouble error={replace.error} />}
      <div className="form-foot">
        <Button variant="filled" loading={replace.isPending} onClick={() => replace.mutate()}>
          Make the new one
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </div>
  );
}

function Revoke({ apiKey, onClose }: { readonly apiKey: Key; readonly onClose: () => void }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeKey(apiKey.id),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  return (
    <div className="stack">
      <p>
        Whatever uses <strong>{apiKey.name || apiKey.prefix}</strong> is refused from this moment on. This
        cannot be taken back.
      </p>
      {revoke.isError && <Trouble error={revoke.error} />}
      <div className="form-foot">
        <Button variant="filled" color="danger" loading={revoke.isPending} onClick={() => revoke.mutate()}>
          Revoke
        </Button>
        <Button onClick={onClose}>Keep it</Button>
      </div>
    </div>
  );
}
