// What journeys brought, as far as it is known: who entered, who was kept out to compare, who reached the goal. Profit shows a dash
// until it is worked out from the control group.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { journeysQuery, type JourneyRow } from '../api/journeys.ts';
import { useFormats } from '../app/formats.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/page.tsx';

const shownMax = 6;

export function HomeJourneys() {
  const formats = useFormats();
  const journeys = (useQuery(journeysQuery).data?.items ?? [])
    .filter((journey) => journey.entered > 0)
    .toSorted((a, b) => b.entered - a.entered)
    .slice(0, shownMax);
  if (journeys.length === 0) return null;
  return (
    <Section
      title="What journeys brought"
      note="What a journey earned is the difference to its control group. That is not worked out yet: until then it shows a dash, and nothing here is proven."
      actions={<Link to="/journeys">All journeys</Link>}
    >
      <DataTable
        label="Journeys"
        rows={journeys}
        keyOf={(journey) => journey.id}
        columns={[
          {
            key: 'name',
            label: 'Journey',
            lead: true,
            render: (journey) => (
              <Link to="/journeys/$id" params={{ id: journey.id }} className="name-link">
                {journey.name}
              </Link>
            ),
          },
          { key: 'entered', label: 'Entered', numeric: true, render: (it) => formats.number(it.entered) },
          {
            key: 'control',
            label: 'Control group',
            numeric: true,
            render: (it) => formats.number(it.control),
          },
          {
            key: 'goals',
            label: 'Reached the goal',
            numeric: true,
            render: (it) => formats.number(it.goals),
          },
          { key: 'earned', label: 'Earned', render: (it) => `– ${proofOf(it)}` },
        ]}
      />
    </Section>
  );
}

function proofOf({ control }: JourneyRow): string {
  return control === 0 ? 'not measured' : 'not proven yet';
}
