// How far an import is, with the button that stops it.
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { cancelImport, importQuery, type Import } from '../api/imports.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { Trouble } from '../ui/states.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import './imports.css';

export function ImportProgress({ one }: { readonly one: Import }) {
  const formats = useFormats();
  const can = useCan();
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () => cancelImport(one.id),
    onSuccess: (fresh) => client.setQueryData(importQuery(one.id).queryKey, fresh),
  });
  const { progress } = one;
  const storing = one.status === 'storing';
  const done = storing ? progress.items : progress.established;
  const of = storing ? progress.rows : progress.to_establish;
  const counted = storing
    ? `Reading the file: ${formats.number(done)} of ${formats.number(of)} rows.`
    : `Working out everyone's stage: ${formats.number(done)} of ${formats.number(of)} people.`;
  const words = of === 0 ? 'Looking through the file.' : counted;
  return (
    <div className="stack-tight">
      <p className="sentence" id="import-words">
        {words}
      </p>
      <ProgressBar words="import-words" done={done} of={of} />
      <p className="muted">You can leave this page; it goes on, also after a restart.</p>
      {can.define && (
        <div>
          <Button loading={stop.isPending} onClick={() => stop.mutate()}>
            Stop
          </Button>
        </div>
      )}
      {stop.isError && <Trouble error={stop.error} />}
    </div>
  );
}
