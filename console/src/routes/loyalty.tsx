// Loyalty: each programme with what was issued and what became of it, how points are earned and go, and who is in which tier.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { programmesQuery, type Programme } from '../api/programmes.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { asSentence, people } from '../lib/format.ts';
import { BrokenRule } from '../ui/broken-rule.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Deleted, DeleteButton } from '../ui/deleted.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { ReferenceLinks } from '../ui/reference-link.tsx';
import { Answer, Empty, Note } from '../ui/states.tsx';

export function LoyaltyPage() {
  const programmes = useQuery(programmesQuery);
  const can = useCan();
  const navigate = useNavigate();
  const make = (
    <Button variant="filled" onClick={() => void navigate({ to: '/new-programme' })}>
      New programme
    </Button>
  );
  const isEmpty = programmes.data?.items.length === 0;
  return (
    <Page
      title="Loyalty"
      lead="What people earn by buying and by what they do, what became of it, and who reached which tier."
      actions={can.define && !isEmpty && make}
    >
      <Answer of={programmes}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No loyalty programme yet." action={can.define && make}>
              Say what earns points and which tiers there are. It counts from then on and contacts nobody.
            </Empty>
          ) : (
            <div className="stack" style={{ gap: 48 }}>
              {items.map((programme) => (
                <TheProgramme key={programme.key} programme={programme} />
              ))}
            </div>
          )
        }
      </Answer>
      {can.define && <Deleted of="programmes" things="programmes" />}
    </Page>
  );
}

function TheProgramme({ programme }: { readonly programme: Programme }) {
  const formats = useFormats();
  const can = useCan();
  const navigate = useNavigate();
  const { unit, points, arming } = programme;
  const n = formats.number;
  return (
    <Section
      title={programme.name}
      actions={
        can.define && (
          <>
            {programme.used_by.length === 0 && (
              <DeleteButton
                of="programmes"
                id={programme.key}
                called={`The programme ${programme.name}`}
                leave={() => Promise.resolve()}
              />
            )}
            <Button
              onClick={() => void navigate({ to: '/loyalty/$key/edit', params: { key: programme.key } })}
            >
              Change
            </Button>
          </>
        )
      }
    >
      <BrokenRule
        problems={programme.problems}
        meanwhile="Until the programme is changed, nothing earns or expires, and everyone keeps their tier."
      />
      {arming && (
        <Note tone="info" title="Being counted">
          {n(arming.done)} of {people(formats, arming.of)} have been looked at. From then on tiers are exact
          at every moment.
        </Note>
      )}
      <p className="finding">
        {points.issued === 0
          ? `No ${unit.many} yet: it counts what happens from ${formats.date(programme.counts_from)} on.`
          : `${n(points.outstanding)} ${unit.many} can be spent, of ${n(points.issued)} issued.`}
      </p>
      <div className="two">
        <Facts
          figures
          rows={[
            ['Issued', n(points.issued)],
            ['Taken back', n(points.taken_back)],
            ['Spent', n(points.spent)],
            ['Expired', n(points.expired)],
            ['Can be spent', n(points.outstanding)],
            ['Owed', n(points.owed)],
          ]}
        />
        <div className="stack">
          <h3>How it works</h3>
          <ul className="plain-list">
            {programme.earn.map((rule) => (
              <li key={rule.key}>{asSentence(rule.sentence)}</li>
            ))}
            <li>{asSentence(programme.expiry_sentence)}</li>
          </ul>
        </div>
      </div>
      {programme.tiers.length > 0 && (
        <DataTable
          label={`Tiers of ${programme.name}`}
          rows={[...programme.tiers].reverse()}
          keyOf={(tier) => tier.key}
          columns={[
            { key: 'name', label: 'Tier', lead: true, render: (tier) => tier.name },
            { key: 'sentence', label: 'Everyone who', render: (tier) => tier.sentence },
            {
              key: 'people',
              label: 'People',
              numeric: true,
              render: (tier) => (
                <Link
                  to="/people"
                  search={{ rule: { kind: 'tier', programme: programme.key, tier: [tier.key] } }}
                  aria-label={`${people(formats, tier.people)} in ${tier.name}`}
                >
                  {n(tier.people)}
                </Link>
              ),
            },
          ]}
        />
      )}
      {programme.used_by.length > 0 && (
        <p className="muted">
          Used by <ReferenceLinks of={programme.used_by} />.
        </p>
      )}
    </Section>
  );
}
