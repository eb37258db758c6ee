// Connect your site: one line to copy with the workspace's own key in it, and beside it what arrives, as it arrives.
import { Button, Checkbox, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { createKey, keysQuery, type Key } from '../api/settings.ts';
import { placeNames, places, reachProblem, snippetFor, type Place } from '../lib/snippets.ts';
import { CopyField } from '../ui/copy-field.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer, Empty, Note, Trouble } from '../ui/states.tsx';
import { Listening } from './connect-listening.tsx';
import './connect.css';

const route = getRouteApi('/shell/settings/connect');

export function ConnectPage() {
  const keys = useQuery(keysQuery);
  return (
    <Page
      title="Connect your site"
      lead="One line in your site tells Rapport who looks at what. Beside it you see what arrives, as it arrives."
    >
      <Answer of={keys}>
        {({ items }) => <Connect keys={items.filter((key) => key.kind === 'browser' && key.key)} />}
      </Answer>
    </Page>
  );
}

function Connect({ keys }: { readonly keys: readonly Key[] }) {
  const { key: wanted } = route.useSearch();
  const key = keys.find(({ id }) => id === wanted) ?? keys[0];
  if (!key) return <NoKey />;
  return (
    <div className="connect">
      <div className="connect-paste">
        <Paste apiKey={key} keys={keys} />
      </div>
      <div className="connect-heard">
        <Listening keyId={key.id} />
      </div>
      <div className="connect-more">
        <More />
      </div>
    </div>
  );
}

function NoKey() {
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () => createKey({ kind: 'browser', name: 'Site' }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
  return (
    <div className="stack">
      <Empty
        title="Your site needs a key."
        action={
          <Button variant="filled" loading={make.isPending} onClick={() => make.mutate()}>
            Make a key for my site
          </Button>
        }
      >
        It says that what your site sends belongs to you. It may be public: it reports, and sees nothing.
      </Empty>
      {make.isError && <Trouble error={make.error} />}
    </div>
  );
}

function Paste({ apiKey, keys }: { readonly apiKey: Key; readonly keys: readonly Key[] }) {
  const { where = 'site', consent } = route.useSearch();
  const navigate = useNavigate();
  const waits = consent === 'wait';
  const go = (change: {
    where?: Place | undefined;
    key?: string | undefined;
    consent?: 'wait' | undefined;
  }) =>
    void navigate({
      to: '/settings/connect',
      search: (now) => ({ ...now, ...change }),
      replace: true,
      resetScroll: false,
    });
  const snippet = snippetFor(where, { origin: location.origin, writeKey: apiKey.key ?? '', waits });
  const reach = reachProblem(location.origin);
  return (
    <Section title="Put this in">
      <div className="stack">
        <div className="connect-choices">
          <Select
            label="Where"
            allowDeselect={false}
            data={places.map((place) => ({ value: place, label: placeNames[place] }))}
            value={where}
            onChange={(value) => go({ where: places.find((place) => place === value) })}
          />
          {keys.length > 1 && (
            <Select
              label="Key"
              allowDeselect={false}
              data={keys.map(({ id, name, prefix }) => ({
                value: id,
                label: `${name || 'Without a name'} (${prefix}…)`,
              }))}
              value={apiKey.id}
              onChange={(value) => go({ key: value ?? undefined })}
            />
          )}
        </div>
        <CopyField label={labels[where]} value={snippet} main />
        {where !== 'server' && where !== 'segment' && (
          <Checkbox
            label="Keep and send nothing before the visitor agreed"
            description={
              waits ? (
                <>
                  Your consent tool then says <code>rapport.consent(true)</code> on every page, or{' '}
                  <code>rapport.consent(false)</code>.
                </>
              ) : (
                'For sites that ask first. What was said until then arrives afterwards.'
              )
            }
            checked={waits}
            onChange={(event) => go({ consent: event.currentTarget.checked ? 'wait' : undefined })}
          />
        )}
        <Steps where={where} />
        {reach && where !== 'server' && (
          <Note tone="info" title={reach.title}>
            <p>{reach.words}</p>
          </Note>
        )}
      </div>
    </Section>
  );
}

const labels: { readonly [place in Place]: string } = {
  site: 'Into the <head> of every page',
  gtm: 'Into a tag of type Custom HTML',
  shopify: 'Into theme.liquid, before </head>',
  woocommerce: 'Into the header of every page',
  segment: 'In your site’s code',
  server: 'In your server’s code',
};

function Steps({ where }: { readonly where: Place }) {
  switch (where) {
    case 'site':
      return (
        <p className="muted">
          It loads beside the page, is under 5 kB and never holds the page up. Page views come by themselves,
          also when your site changes its address without loading a page.
        </p>
      );
    case 'gtm':
      return (
        <ol className="connect-steps">
          <li>Tags → New → Tag Configuration → Custom HTML: paste the line.</li>
          <li>Triggering: Initialization – All Pages.</li>
          <li>Save, then Submit and Publish. Preview alone reaches only you.</li>
        </ol>
      );
    case 'shopify':
      return (
        <ol className="connect-steps">
          <li>
            Online Store → Themes → … → Edit code → <code>layout/theme.liquid</code>.
          </li>
          <li>
            Paste the line before <code>{'</head>'}</code> and save.
          </li>
          <li>The checkout runs no code of themes: orders come by import, or from a server.</li>
        </ol>
      );
    case 'woocommerce':
      return (
        <ol className="connect-steps">
          <li>
            Use a plugin that inserts code into the header (WPCode, say), or header.php of a child theme.
          </li>
          <li>Paste the line, save, and empty the cache if the shop has one.</li>
          <li>Orders come by import, or from a server.</li>
        </ol>
      );
    case 'segment':
      return (
        <p className="muted">For sites that have Segment’s own client already. Nothing else of it changes.</p>
      );
    case 'server':
      return (
        <p className="muted">
          Any Segment client works. The key is one for servers: make it under{' '}
          <Link to="/settings/keys">Keys</Link> and keep it secret.
        </p>
      );
  }
}

function More() {
  return (
    <Section
      title="Say more"
      note="Who somebody is, and what they did. Rapport links it to what they looked at before."
    >
      <CopyField
        label="When somebody signs in"
        value={`rapport.identify('u-17', { email: 'sally@shop.example' });`}
      />
      <CopyField
        label="When something happens"
        value={`rapport.track('Product Viewed', { product_id: 'T1', price: 9.9 });`}
      />
      <CopyField label="When they sign out" value="rapport.reset();" />
    </Section>
  );
}
