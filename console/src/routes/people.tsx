// People: search and filters live in the address, so that any list can be sent to a colleague.
import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { lifecycleQuery } from '../api/lifecycle.ts';
import { itemsOf } from '../api/page.ts';
import { peopleQuery } from '../api/people.ts';
import type { RuleJson } from '../api/rules.ts';
import { segmentQuery } from '../api/segments.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { useFormats } from '../app/formats.tsx';
import { useTypedAddress } from '../app/typed-address.ts';
import { people } from '../lib/format.ts';
import { sinceLabelOf, statedIn } from '../lib/people-columns.ts';
import { LoadMore } from '../ui/data-table.tsx';
import { Icon } from '../ui/icons.tsx';
import { Page } from '../ui/page.tsx';
import { PeopleTable } from '../ui/people-table.tsx';
import { SegmentSelect } from '../ui/segment-select.tsx';
import { Answer, Empty } from '../ui/states.tsx';
import { MatchingPeople } from './people-matching.tsx';
import { PeopleToolbar, usePeopleColumns } from './people-toolbar.tsx';
import './people.css';

const route = getRouteApi('/shell/people');

export function PeoplePage() {
  const { rule } = route.useSearch();
  return rule ? <MatchingPeople rule={rule} /> : <ListedPeople />;
}

function ListedPeople() {
  const filter = route.useSearch();
  const formats = useFormats();
  const columns = usePeopleColumns();
  const { rule: _rule, columns: _columns, ...asked } = filter;
  const stated = statedIn(columns).join(',') || undefined;
  const query = useInfiniteQuery({
    ...peopleQuery({ ...asked, columns: stated }),
    placeholderData: keepPreviousData,
  });
  const filtered = Boolean(filter.search || filter.stage || filter.segment);
  return (
    <Page title="People" lead={<Finding />}>
      <Filters />
      <PeopleToolbar />
      <Answer of={query}>
        {(data) => {
          const items = itemsOf(data);
          if (items.length === 0) return filtered ? <NoMatch /> : <Nobody />;
          return (
            <div className="stack-tight" aria-busy={query.isPlaceholderData}>
              {data.pages[0]?.match === 'close' && (
                <p role="status">Nobody has exactly these words. These are one letter away.</p>
              )}
              <PeopleTable
                people={items}
                model={filter.stage?.split(':')[0]}
                columns={columns}
                sinceLabel={sinceLabelOf(filter)}
              />
              <LoadMore
                query={query}
                shown={`${people(formats, items.length)} shown${query.hasNextPage ? '' : ', all of them'}`}
              />
            </div>
          );
        }}
      </Answer>
    </Page>
  );
}

/** What the list is, as one sentence. */
function Finding() {
  const { stage, segment, sort } = route.useSearch();
  const models = useQuery(lifecycleQuery).data?.items;
  const named = useQuery({ ...segmentQuery(segment ?? ''), enabled: segment !== undefined }).data;
  const [modelKey, stageKey] = stage?.split(':') ?? [];
  const model = models?.find((one) => one.key === modelKey);
  const found = model?.stages.find((one) => one.key === stageKey);
  if (model && found)
    return (
      <>
        Everyone in {found.name} ({model.name}): {found.sentence}.
      </>
    );
  if (named)
    return (
      <>
        Everyone in the segment {named.name}: {named.sentence}.
      </>
    );
  const first = {
    last_order: 'whoever ordered last',
    orders: 'whoever ordered most often',
    newest: 'the newest',
  };
  return <>Everyone, known or not; {first[sort ?? 'newest']} first.</>;
}

function Filters() {
  const filter = route.useSearch();
  const navigate = useNavigate();
  const models = useQuery(lifecycleQuery).data?.items ?? [];
  const { segments = [], topics = [] } = useQuery(vocabularyQuery).data ?? {};
  // While somebody types, what they typed is shown; afterwards what the address says.
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? filter.search ?? '';
  const go = (part: Partial<typeof filter>) =>
    void navigate({ to: '/people', search: (old) => ({ ...old, ...part }), replace: true });
  const search = useTypedAddress((text: string) => go({ search: text.trim() || undefined }), 200);
  return (
    <search className="filters">
      <TextInput
        aria-label="Search people"
        placeholder="Name, e-mail, phone, customer or order"
        leftSection={<Icon name="search" size={16} />}
        rightSection={
          shown && (
            <CloseButton
              size="sm"
              aria-label="Clear the search"
              onClick={() => {
                setTyped(null);
                go({ search: undefined });
              }}
            />
          )
        }
        value={shown}
        onBlur={() => setTyped(null)}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
      />
      <Select
        aria-label="Stage"
        placeholder="Any stage"
        clearable
        searchable
        clearSectionMode="clear"
        clearButtonProps={{ 'aria-label': 'Any stage' }}
        data={models.map((model) => ({
          group: model.name,
          items: model.stages.map((stage) => ({ value: `${model.key}:${stage.key}`, label: stage.name })),
        }))}
        value={filter.stage ?? null}
        onChange={(stage) => go({ stage: stage ?? undefined })}
      />
      <SegmentSelect
        aria-label="Segment"
        placeholder="Any segment"
        clearable
        clearSectionMode="clear"
        clearButtonProps={{ 'aria-label': 'Any segment' }}
        segments={segments}
        value={filter.segment ?? null}
        onChange={(segment) => go({ segment: segment ?? undefined })}
      />
      <Select
        aria-label="Who they are and what they agreed to"
        placeholder="Known or not"
        searchable
        data={[...more(topics)]}
        value={null}
        onChange={(key) => {
          const chosen = more(topics)
            .flatMap(({ items }) => items)
            .find(({ value }) => value === key);
          if (chosen) go({ ...nothing, rule: ruleOf(filter.stage, filter.segment, chosen.rule) });
        }}
      />
      <Button
        renderRoot={(props) => (
          <Link to="/people" search={{ rule: ruleOf(filter.stage, filter.segment) }} {...props} />
        )}
      >
        Filter by a rule
      </Button>
    </search>
  );
}

/** A rule takes the place of these. */
const nothing = { search: undefined, stage: undefined, segment: undefined, sort: undefined } as const;

/** What is asked for often and is no stage or segment: each becomes a sentence to go on from. */
function more(topics: readonly { readonly key: string; readonly name: string }[]) {
  const not = (rule: RuleJson): RuleJson => ({ kind: 'not', rule });
  const has = (path: string): RuleJson => ({ kind: 'trait', path, op: 'known' });
  const known: RuleJson = { kind: 'segment', segment: 'known' };
  const agreed: RuleJson = { kind: 'consent' };
  return [
    {
      group: 'Who they are',
      items: [
        { value: 'known', label: 'Known', rule: known },
        { value: 'anonymous', label: 'Anonymous', rule: not(known) },
        { value: 'email', label: 'Has an e-mail address', rule: has('email') },
        { value: 'no_email', label: 'Has no e-mail address', rule: not(has('email')) },
        { value: 'phone', label: 'Has a phone number', rule: has('phone') },
      ],
    },
    {
      group: 'What they agreed to',
      items: [
        { value: 'agreed', label: 'Agreed to something', rule: agreed },
        { value: 'not_agreed', label: 'Agreed to nothing', rule: not(agreed) },
        ...topics.map(({ key, name }) => ({
          value: `topic:${key}`,
          label: `Agreed to ${name} by e-mail`,
          rule: { kind: 'consent', channel: 'email', topic: key } as RuleJson,
        })),
      ],
    },
  ];
}

/** What is chosen already, as the rule to go on from. */
function ruleOf(stage: string | undefined, segment: string | undefined, ...also: RuleJson[]): RuleJson {
  const [model, key] = stage?.split(':') ?? [];
  return {
    kind: 'all',
    rules: [
      ...(model && key ? [{ kind: 'stage', model, stage: key }] : []),
      ...(segment ? [{ kind: 'segment', segment }] : []),
      ...also,
    ],
  };
}

function NoMatch() {
  return (
    <Empty
      title="Nobody matches."
      action={<Button renderRoot={(props) => <Link to="/people" {...props} />}>Show everyone</Button>}
    >
      The search looks at the beginnings of words in names, e-mail addresses and customer ids, at phone
      numbers and at whole order numbers; names may be mistyped by one letter.
    </Empty>
  );
}

function Nobody() {
  return (
    <Empty
      title="Nobody is here yet."
      action={
        <>
          <Button variant="filled" renderRoot={(props) => <Link to="/imports" {...props} />}>
            Import orders
          </Button>
          <Button renderRoot={(props) => <Link to="/settings/keys" {...props} />}>Connect your site</Button>
        </>
      }
    >
      People appear with your order history, or with the first event from your site.
    </Empty>
  );
}
