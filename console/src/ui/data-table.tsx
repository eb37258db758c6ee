// A table that becomes a list of cards on a phone. Roles are spelt out, because `display: block` would take them away.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  readonly render: (row: Row) => ReactNode;
  readonly numeric?: boolean;
  /** The card's headline on a phone: shown without its label. */
  readonly lead?: boolean;
  /** Left out below 720 px. */
  readonly wide?: boolean;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

const classOf = <Row,>(column: Column<Row>): string =>
  [column.numeric ? 'numeric' : '', column.lead ? 'lead-cell' : '', column.wide ? 'wide' : '']
    .join(' ')
    .trim();

export function DataTable<Row>({ label, columns, rows, keyOf }: DataTableProps<Row>) {
  return (
    <table role="table" aria-label={label} className="data">
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.key} role="columnheader" scope="col" className={classOf(column)}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map((column) => (
              <td
                key={column.key}
                role="cell"
                data-label={column.lead ? undefined : column.label}
                className={classOf(column)}
              >
                {column.render(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface PagedQuery {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
}

export function LoadMore({ query, shown }: { readonly query: PagedQuery; readonly shown: string }) {
  return (
    <div className="load-more">
      <span className="muted">{shown}</span>
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Load more
        </Button>
      )}
    </div>
  );
}
