// One figure of Home and the people behind it: who was counted, who made it, who did not.
import { SegmentedControl, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { figurePeopleQuery, figuresQuery, type FigurePeople } from '../api/figures.ts';
import { itemsOf } from '../api/page.ts';
import { useFormats } from '../app/formats.tsx';
import { changeWords, figureText, firstOf, rangeWords } from '../lib/figure-words.ts';
import { people } from '../lib/format.ts';
import { LoadMore } from '../ui/data-table.tsx';
import { Page, Section } from '../ui/page.tsx';
import { PeopleTable } from '../ui/people-table.tsx';
import { Answer, Empty } from '../ui/states.tsx';
import { TrendLine } from '../ui/trend-line.tsx';
import { TrendTable } from './home-figures.tsx';
import './home-figures.css';

const route = getRouteApi('/shell/figures/$key');

const insets: { readonly [key: string]: { readonly card: string; readonly name: string } } = {
  second: { card: 'repeat', name: 'Second purchase within 90 days' },
  expected: { card: 'customer_value', name: 'Expected in the next 365 days' },
};

export function FigurePage() {
  const { key } = route.useParams();
  const { part } = route.useSearch();
  const formats = useFormats();
  const figures = useQuery(figuresQuery).data;
  const query = useInfiniteQuery({ ...figurePeopleQuery(key, part), placeholderData: keepPreviousData });
  // Some figures stand beside another one, with people of their own.
  const of = insets[key];
  const card = figures?.cards.find((one) => one.key === (of?.card ?? key));
  const beside = card?.beside.findLast((one) => one.key === key);
  const currency = figures?.currency ?? '';
  const show = (value: number | null | undefined) =>
    figureText(formats, card?.unit ?? 'share', value, currency);
  const name = of?.name ?? card?.name ?? 'Figure';
  const value = beside ? beside.value : card?.value;
  const range = beside ? rangeWords(formats, beside, currency) : null;
  const headline = range && typeof value === 'number' ? formats.roughMoney(value, currency) : show(value);
  const change = card && !beside ? changeWords(card, show) : null;
  return (
    <Page
      title={name}
      heading={figures ? `${name}: ${headline}` : name}
      back={{ to: '/', label: 'Home' }}
      lead={
        card && (
          <>
            {beside ? (beside.definition ?? beside.empty) : card.definition} {change}
            {range && <>Here: {range}. </>}
            {beside?.as_of && <>As of {formats.date(beside.as_of)}.</>}
          </>
        )
      }
    >
      {card && !beside && firstOf(card) !== null && (
        <Section title="The last year">
          <div className="figure">
            <TrendLine
              values={card.trend.map((point) => point.value)}
              settling={1}
              label={`${name} over the last year: from ${show(firstOf(card))} to ${show(card.value)}`}
            />
            <details>
              <summary>As a table</summary>
              <TrendTable card={card} show={show} />
            </details>
          </div>
        </Section>
      )}
      <Section title="The people behind it">
        <Answer of={query}>
          {(data) => {
            const first = data.pages[0];
            const items = itemsOf(data);
            if (!first || first.worked_out_at === null)
              return <Empty title="The figure is being worked out.">Look again in a moment.</Empty>;
            const shown = `${people(formats, items.length)} shown${query.hasNextPage ? '' : ', all that are listed'}`;
            return (
              <div className="stack" aria-busy={query.isPlaceholderData}>
                <Parts of={first} part={part ?? 'of'} />
                <Limit of={first} part={part ?? 'of'} />
                {items.length === 0 ? (
                  <Empty title="Nobody." />
                ) : (
                  <>
                    <PeopleTable people={items} />
                    <LoadMore query={query} shown={shown} />
                  </>
                )}
              </div>
            );
          }}
        </Answer>
      </Section>
    </Page>
  );
}

function Parts({ of, part }: { readonly of: FigurePeople; readonly part: string }) {
  const formats = useFormats();
  const navigate = useNavigate();
  const narrow = useMediaQuery('(max-width: 899px)');
  const data = of.parts.map((one) => ({
    value: one.part,
    label: `${one.name}: ${formats.number(one.people)}`,
  }));
  if (data.length < 2) return null;
  const choose = (chosen: string | null): void => {
    if (chosen === null) return;
    void navigate({
      to: '.',
      search: { part: chosen === 'of' ? undefined : chosen },
      replace: true,
      resetScroll: false,
    });
  };
  return narrow ? (
    <Select aria-label="Which of them" data={data} value={part} allowDeselect={false} onChange={choose} />
  ) : (
    <div>
      <SegmentedControl aria-label="Which of them" data={data} value={part} onChange={choose} />
    </div>
  );
}

function Limit({ of, part }: { readonly of: FigurePeople; readonly part: string }) {
  const formats = useFormats();
  const all = of.parts.find((one) => one.part === part)?.people ?? 0;
  if (all <= of.listed) return null;
  return (
    <p className="muted">
      The first {formats.number(of.listed)} of {formats.number(all)} are listed, whoever ordered or answered
      last first.
    </p>
  );
}
