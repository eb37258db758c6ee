// Templates: what the journeys' messages say.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { templatesQuery } from '../api/templates.ts';
import { When } from '../app/formats.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/states.tsx';

export function TemplatesPage() {
  const templates = useQuery(templatesQuery);
  return (
    <Page
      title="Templates"
      lead="What your messages say. A saved change is used by every message that was not written yet."
    >
      <Answer of={templates}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No template yet.">Templates can be made with the API.</Empty>
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
    </Page>
  );
}
