// Which columns the list of people has, and in which order. Kept per user; also in the address, so that a colleague sees the same.
import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lifecycleQuery } from '../api/lifecycle.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { choosable, columnName, moved } from '../lib/people-columns.ts';
import { traitName } from '../lib/words.ts';
import { Sheet } from '../ui/sheet.tsx';

export interface ColumnsSheetProps {
  readonly columns: readonly string[];
  /** What "since" is called in this list; undefined: as usual. */
  readonly sinceLabel: string | undefined;
  readonly onChange: (columns: readonly string[]) => void;
  readonly onClose: () => void;
}

export function ColumnsSheet({ columns, sinceLabel, onChange, onClose }: ColumnsSheetProps) {
  const models = useQuery(lifecycleQuery).data?.items ?? [];
  const programmes = useQuery(vocabularyQuery).data?.programmes ?? [];
  const traits = useQuery(vocabularyQuery).data?.traits ?? [];
  const called = (key: string): string =>
    (key.startsWith('since:') ? sinceLabel : undefined) ?? columnName(key, models, programmes);
  const others = [
    {
      group: 'About everyone',
      items: choosable(models, programmes)
        .filter((key) => !columns.includes(key))
        .map((key) => ({ value: key, label: called(key) })),
    },
    {
      group: 'What we know',
      items: traits
        .map(({ path }) => ({ value: `trait:${path}`, label: traitName(path) }))
        .filter(({ value }) => !columns.includes(value)),
    },
  ];
  return (
    <Sheet label="Columns" onClose={onClose}>
      <div className="stack sheet-form">
        <div className="row-wide">
          <h2>Columns</h2>
          <button type="button" className="text-button" onClick={onClose}>
            Close
          </button>
        </div>
        <ol className="chosen-columns">
          {columns.map((key, index) => {
            const name = called(key);
            return (
              <li key={key}>
                <span>{name}</span>
                <span className="row">
                  <Button
                    size="compact-sm"
                    aria-label={`${name} earlier`}
                    disabled={index === 0}
                    onClick={() => onChange(moved(columns, key, -1))}
                  >
                    ↑
                  </Button>
                  <Button
                    size="compact-sm"
                    aria-label={`${name} later`}
                    disabled={index === columns.length - 1}
                    onClick={() => onChange(moved(columns, key, 1))}
                  >
                    ↓
                  </Button>
                  <Button
                    size="compact-sm"
                    aria-label={`Without ${name}`}
                    disabled={key === 'name'}
                    onClick={() => onChange(columns.filter((one) => one !== key))}
                  >
                    ✕
                  </Button>
                </span>
              </li>
            );
          })}
        </ol>
        <Select
          label="Add a column"
          placeholder="Choose"
          searchable
          data={others}
          value={null}
          onChange={(key) => {
            if (key !== null) onChange([...columns, key]);
          }}
        />
      </div>
    </Sheet>
  );
}
