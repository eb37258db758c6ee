// People for whom a rule holds: the rule as a sentence to change, the count live, the list as far as people were asked. The rule lives
// in the address; it can be saved as a segment.
import { Button, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent } from 'react';
import { itemsOf } from '../api/page.ts';
import { matchingQuery } from '../api/people.ts';
import type { RuleJson } from '../api/rules.ts';
import { createSegment } from '../api/segments.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { useTypedAddress } from '../app/typed-address.ts';
import { fieldError } from '../lib/fields.ts';
import { people } from '../lib/format.ts';
import { statedIn } from '../lib/people-columns.ts';
import { LoadMore } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { PeopleTable } from '../ui/people-table.tsx';
import { draftOf, RuleEditor } from '../ui/rule-editor.tsx';
import { Answer, Empty, Trouble } from '../ui/states.tsx';
import { PeopleToolbar, usePeopleColumns } from './people-toolbar.tsx';
import { RuleLive } from './rule-live.tsx';
import './people.css';

/** So many are looked for before somebody is asked to go on. */
const wanted = 50;

export function MatchingPeople({ rule }: { readonly rule: RuleJson }) {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => draftOf(rule));
  const [whole, setWhole] = useState(true);
  const go = useTypedAddress(
    (next: RuleJson) =>
      void navigate({ to: '/people', search: (old) => ({ ...old, rule: next }), replace: true }),
    500,
  );
  return (
    <Page
      title="People"
      lead="Say who to list. Looking contacts nobody."
      actions={<Button renderRoot={(props) => <Link to="/people" {...props} />}>Leave the rule</Button>}
    >
      <div className="rule-page">
        <div className="stack">
          <RuleEditor
            draft={draft}
            onChange={(next) => {
              setDraft(next);
              if (next.rule) go(next.rule);
            }}
            onChecked={setWhole}
          />
          {whole && <SaveAsSegment rule={draft.rule} />}
        </div>
        <RuleLive rule={whole ? draft.rule : null} segment={null} />
      </div>
      <PeopleToolbar />
      {whole && <Matches rule={rule} />}
    </Page>
  );
}

function Matches({ rule }: { readonly rule: RuleJson }) {
  const formats = useFormats();
  const columns = usePeopleColumns();
  const query = useInfiniteQuery({ ...matchingQuery(rule, statedIn(columns)), retry: false });
  const { data, hasNextPage, isFetching, fetchNextPage } = query;
  const found = data ? itemsOf(data).length : 0;
  // An answer ends after some time, not after some people: a rare rule needs several.
  const goOn = hasNextPage && !isFetching && !query.isError && found < wanted;
  useEffect(() => {
    if (goOn) void fetchNextPage();
  }, [goOn, fetchNextPage]);
  return (
    <Answer of={query}>
      {(all) => {
        const items = itemsOf(all);
        const last = all.pages.at(-1);
        const so = last ? `${formats.number(last.looked)} of ${formats.number(last.of)} people asked` : '';
        if (items.length === 0 && !hasNextPage)
          return <Empty title="It holds for nobody right now.">Everyone was asked: {so}.</Empty>;
        return (
          <div className="stack-tight" aria-busy={isFetching}>
            <PeopleTable people={items} columns={columns} />
            <LoadMore
              query={query}
              shown={
                hasNextPage
                  ? last && last.looked === last.of
                    ? `${formats.number(items.length)} of ${people(formats, last.matched)} shown`
                    : `${people(formats, items.length)} so far, ${so}${isFetching ? ' …' : ''}`
                  : `${people(formats, items.length)}, all of them`
              }
            />
          </div>
        );
      }}
    </Answer>
  );
}

function SaveAsSegment({ rule }: { readonly rule: RuleJson | null }) {
  const can = useCan();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const save = useMutation({
    mutationFn: (of: RuleJson) => createSegment({ name, rule: of }),
    onSuccess: async (segment) => {
      await client.invalidateQueries();
      await navigate({ to: '/segments/$key', params: { key: segment.key } });
    },
  });
  if (!can.define) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (rule) save.mutate(rule);
  };
  return (
    <form onSubmit={submit} className="row">
      <TextInput
        aria-label="Name of the segment"
        placeholder="Name it to keep it"
        required
        value={name}
        error={fieldError(save.error, '/name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" loading={save.isPending} disabled={rule === null}>
        Save as segment
      </Button>
      {save.isError && fieldError(save.error, '/name') === undefined && <Trouble error={save.error} />}
    </form>
  );
}
