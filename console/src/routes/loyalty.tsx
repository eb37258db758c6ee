// Loyalty: each programme with what was issued and what became of it, how points are earned and go, and who is in which tier.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { deleteProgramme, programmesQuery, restoreProgramme, type Programme } from '../api/programmes.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { Answer, Empty, Note, Trouble } from '../ui/states.tsx';
import { offerUndo } from '../ui/undo.tsx';

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
            {programme.used_by.length === 0 && <Delete programme={programme} />}
            <Button
              onClick={() => void navigate({ to: '/loyalty/$key/edit', params: { key: programme.key } })}
            >
              Change
            </Button>
          </>
        )
      }
    >
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
              <li key={rule.key}>{upper(rule.sentence)}.</li>
            ))}
            <li>{upper(programme.expiry_sentence)}.</li>
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
            { key: 'people', label: 'People', numeric: true, render: (tier) => n(tier.people) },
          ]}
        />
      )}
      {programme.used_by.length > 0 && (
        <p className="muted">
          Used by{' '}
          {programme.used_by.map((user, i) => (
            <span key={`${user.kind} ${user.key}`}>
              {i > 0 && ', '}
              {user.kind === 'segment' ? (
                <Link to="/segments/$key" params={{ key: user.key }}>
                  {user.name}
                </Link>
              ) : (
                user.name
              )}
            </span>
          ))}
          .
        </p>
      )}
    </Section>
  );
}

function Delete({ programme }: { readonly programme: Programme }) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['programmes'] });
  const drop = useMutation({
    mutationFn: () => deleteProgramme(programme.key),
    onSuccess: async () => {
      await refresh();
      offerUndo({
        done: `${programme.name} is put away. Its ${programme.unit.many} are kept.`,
        undone: `${programme.name} is back.`,
        undo: async () => {
          await restoreProgramme(programme.key);
          await refresh();
        },
      });
    },
  });
  return (
    <>
      <Button color="danger" variant="subtle" loading={drop.isPending} onClick={() => drop.mutate()}>
        Delete
      </Button>
      {drop.error && <Trouble error={drop.error} />}
    </>
  );
}

const upper = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
