// Quarantine: bad inputs with the reason, and inputs on which the engine failed. Nothing around them was lost.
import { Button, Select, Tabs } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { itemsOf } from '../api/page.ts';
import { parkedQuery, quarantineQuery, retryParked, type BadInput, type Parked } from '../api/quarantine.ts';
import { useCan, useFormats, When } from '../app/formats.tsx';
import { traitName } from '../lib/words.ts';
import { LoadMore } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Badge, Empty, Note, Trouble } from '../ui/states.tsx';
import './quarantine.css';

const route = getRouteApi('/shell/quarantine');

export function QuarantinePage() {
  const { tab } = route.useSearch();
  const navigate = useNavigate();
  return (
    <Page
      title="Quarantine"
      lead="Events that could not be taken, each with its reason. The rest of their batch was stored."
    >
      <Tabs
        value={tab ?? 'bad'}
        onChange={(value) =>
          void navigate({
            to: '/quarantine',
            search: value === 'parked' ? { tab: 'parked' } : {},
            replace: true,
          })
        }
      >
        <Tabs.List>
          <Tabs.Tab value="bad">Refused</Tabs.Tab>
          <Tabs.Tab value="parked">Parked</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="bad" pt="lg">
          <Refused />
        </Tabs.Panel>
        <Tabs.Panel value="parked" pt="lg">
          <ParkedList />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Refused() {
  const { code } = route.useSearch();
  const navigate = useNavigate();
  const formats = useFormats();
  const query = useInfiniteQuery({
    ...quarantineQuery(code),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  return (
    <Answer of={query}>
      {(data) => {
        const items = itemsOf<BadInput>(data);
        const codes = data.pages[0]?.codes ?? [];
        if (items.length === 0 && !code)
          return (
            <Empty title="Nothing was refused.">
              Should an event ever be bad, it is kept here with the field, the value and what to do.
            </Empty>
          );
        return (
          <div className="stack">
            {(codes.length > 1 || code) && (
              <Select
                aria-label="Reason"
                placeholder="Any reason"
                maw={320}
                clearable
                clearButtonProps={{ 'aria-label': 'Any reason' }}
                data={codes.map((one) => ({
                  value: one.code,
                  label: `${traitName(one.code)} (${formats.number(one.count)})`,
                }))}
                value={code ?? null}
                onChange={(value) =>
                  void navigate({ to: '/quarantine', search: { code: value ?? undefined }, replace: true })
                }
              />
            )}
            <ul className="plain-list">
              {items.map((one) => (
                <RefusedOne key={one.id} input={one} />
              ))}
            </ul>
            <LoadMore
              query={query}
              shown={`${formats.number(items.length)} shown${query.hasNextPage ? '' : ', all of them'}`}
            />
          </div>
        );
      }}
    </Answer>
  );
}

function RefusedOne({ input }: { readonly input: BadInput }) {
  return (
    <li className="stack-tight" style={{ gap: 4 }}>
      <div className="row-wide">
        <strong>{input.message}</strong>
        <Badge tone="warning" icon="warning">
          {traitName(input.code)}
        </Badge>
      </div>
      <p>{input.hint}</p>
      <p className="muted">
        <When at={input.at} /> · {input.source}
        {input.field && (
          <>
            {' '}
            · field <code>{input.field}</code>
          </>
        )}
        {input.message_id && (
          <>
            {' '}
            · message <code>{input.message_id}</code>
          </>
        )}
      </p>
      <details>
        <summary className="muted">What was sent</summary>
        <pre className="raw">{pretty(input.body)}</pre>
      </details>
    </li>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function ParkedList() {
  const formats = useFormats();
  const query = useInfiniteQuery(parkedQuery());
  return (
    <Answer of={query}>
      {(data) => {
        const items = itemsOf<Parked>(data);
        if (items.length === 0)
          return (
            <Empty title="Nothing is parked.">
              An event on which the engine failed would wait here, and be tried again as a late event.
            </Empty>
          );
        return (
          <div className="stack">
            <ul className="plain-list">
              {items.map((one) => (
                <ParkedOne key={one.id} parked={one} />
              ))}
            </ul>
            <LoadMore query={query} shown={`${formats.number(items.length)} shown`} />
          </div>
        );
      }}
    </Answer>
  );
}

const reasons: { readonly [reason: string]: string } = {
  cascade_limit: 'Rules fed each other without end',
  assertion: 'A definition or the engine failed on it',
};

function ParkedOne({ parked }: { readonly parked: Parked }) {
  const client = useQueryClient();
  const can = useCan();
  const retry = useMutation({
    mutationFn: () => retryParked(parked.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['/api/parked'] }),
  });
  return (
    <li className="stack-tight" style={{ gap: 4 }}>
      <div className="row-wide">
        <strong>{reasons[parked.reason] ?? traitName(parked.reason)}</strong>
        {parked.resolved_at ? (
          <Badge tone="good" icon="check">
            solved
          </Badge>
        ) : (
          can.connect && (
            <Button size="xs" loading={retry.isPending} onClick={() => retry.mutate()}>
              Try again
            </Button>
          )
        )}
      </div>
      <p>{parked.detail.split('\n')[0]}</p>
      <p className="muted">
        <When at={parked.at} /> · tried again {parked.retries === 1 ? 'once' : `${parked.retries} times`} ·{' '}
        <Link to="/people/$id" params={{ id: parked.person_id }}>
          the person
        </Link>
      </p>
      {retry.isError && <Trouble error={retry.error} />}
      {retry.data && !retry.data.resolved && (
        <Note tone="warning" alert>
          It failed again{retry.data.reason ? `: ${retry.data.reason}` : ''}.
        </Note>
      )}
      <details>
        <summary className="muted">What was sent, and where it failed</summary>
        <pre className="raw">{JSON.stringify(parked.input, null, 2)}</pre>
        {parked.detail.includes('\n') && <pre className="raw">{parked.detail}</pre>}
      </details>
    </li>
  );
}
