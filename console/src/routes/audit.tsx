// Who changed what, newest first.
import { useInfiniteQuery } from '@tanstack/react-query';
import { itemsOf } from '../api/page.ts';
import { auditQuery } from '../api/team.ts';
import { useFormats, When } from '../app/formats.tsx';
import { asSentence } from '../lib/format.ts';
import { auditWords, detailWords } from '../lib/team-words.ts';
import { DataTable, LoadMore } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Empty } from '../ui/states.tsx';

export function AuditPage() {
  const query = useInfiniteQuery(auditQuery());
  const formats = useFormats();
  return (
    <Page title="Log of changes" lead="Who changed what, and who signed in. Nothing can be taken out of it.">
      <Answer of={query}>
        {(data) => {
          const items = itemsOf(data);
          if (items.length === 0) return <Empty title="Nothing was changed yet." />;
          return (
            <div className="stack-tight">
              <DataTable
                label="Changes"
                rows={items}
                keyOf={(entry) => entry.id}
                columns={[
                  {
                    key: 'what',
                    label: 'What',
                    lead: true,
                    render: (entry) => asSentence(auditWords(entry)),
                  },
                  { key: 'by', label: 'By', render: (entry) => entry.by ?? 'Rapport itself' },
                  {
                    key: 'detail',
                    label: 'In detail',
                    wide: true,
                    render: (entry) => <span className="breaks">{detailWords(entry.detail)}</span>,
                  },
                  { key: 'at', label: 'When', render: (entry) => <When at={entry.at} /> },
                ]}
              />
              <LoadMore
                query={query}
                shown={`${formats.number(items.length)} shown${query.hasNextPage ? '' : ', all of them'}`}
              />
            </div>
          );
        }}
      </Answer>
    </Page>
  );
}
