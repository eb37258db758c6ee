// Before an import, in three steps: what the columns mean, the rows as they will be read, the permission to write to these people.
// What was said is kept by the server with every step, so that nothing is lost when the page, the network or the session goes.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import {
  cancelImport,
  changeImport,
  importQuery,
  previewQuery,
  startImport,
  type ImportOptions,
  type PreviewedImport,
} from '../api/imports.ts';
import { isForHere, isOld, isUnreadable } from '../lib/import-words.ts';
import { Steps } from '../ui/steps.tsx';
import { Answer, Note, Trouble } from '../ui/states.tsx';
import { ColumnsStep } from './import-columns.tsx';
import { PermissionStep } from './import-permission.tsx';
import { RowsStep } from './import-rows.tsx';
import './imports.css';

export const importSteps = ['columns', 'rows', 'permission'] as const;
export type ImportStep = (typeof importSteps)[number];

const stepNames: { readonly [step in ImportStep]: string } = {
  columns: 'Columns',
  rows: 'Rows',
  permission: 'Permission',
};

const route = getRouteApi('/shell/imports/$id');

export function PrepareImport({ id }: { readonly id: string }) {
  const preview = useQuery({ ...previewQuery(id), refetchOnWindowFocus: false });
  return (
    <Answer of={preview} rows={10}>
      {(it) => <Prepare previewed={it} />}
    </Answer>
  );
}

export interface StepProps {
  readonly previewed: PreviewedImport;
  readonly busy: boolean;
  /** What the server said of the last change, or of the start. */
  readonly error: unknown;
  readonly onSay: (said: ImportOptions) => void;
}

function Prepare({ previewed }: { readonly previewed: PreviewedImport }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id, preview, options } = previewed;
  const change = useMutation({
    // One after the other: each answer carries what all of them said.
    scope: { id: `import ${id}` },
    mutationFn: (said: ImportOptions) => changeImport(id, said),
    onSuccess: (fresh) => client.setQueryData(previewQuery(id).queryKey, fresh),
  });
  const start = useMutation({
    scope: { id: `import ${id}` },
    mutationFn: () => startImport(id, {}),
    onSuccess: (fresh) => {
      client.setQueryData(importQuery(id).queryKey, fresh);
      void client.invalidateQueries({ queryKey: ['/api/imports'] });
    },
  });
  const forget = useMutation({
    mutationFn: () => cancelImport(id),
    onSuccess: async () => {
      await navigate({ to: '/imports' });
      await client.invalidateQueries();
    },
  });
  const blocked = isUnreadable(preview);
  const asked = isOld(preview) && options.as_of_said !== true;
  const step = useStep({ blocked, asked });
  const go = (to: ImportStep) =>
    void navigate({ to: '/imports/$id', params: { id }, search: { step: to }, resetScroll: true });
  const error = change.error ?? start.error;
  const props: StepProps = {
    previewed,
    busy: change.isPending,
    error,
    onSay: (said) => change.mutate(said),
  };
  const next = importSteps[importSteps.indexOf(step) + 1];
  const before = importSteps[importSteps.indexOf(step) - 1];
  const mayGoOn = !blocked && !change.isPending && !(step === 'rows' && asked);
  return (
    <div className="stack" style={{ gap: 32 }} aria-busy={change.isPending}>
      <Steps
        label="Steps of this import"
        at={step}
        steps={importSteps.map((key, i) => ({
          key,
          name: stepNames[key],
          done: importSteps.indexOf(step) > i,
          link:
            key === 'columns' || (!blocked && (key === 'rows' || !asked))
              ? { to: '/imports/$id', params: { id }, search: { step: key } }
              : undefined,
        }))}
      />
      {step === 'columns' && <ColumnsStep {...props} />}
      {step === 'rows' && <RowsStep {...props} />}
      {step === 'permission' && <PermissionStep {...props} />}
      {step !== 'permission' && <Notices previewed={previewed} />}
      {error !== null && <Trouble error={error} />}
      {forget.isError && <Trouble error={forget.error} />}
      <div className="form-foot">
        {next ? (
          <Button variant="filled" disabled={!mayGoOn} onClick={() => go(next)}>
            {nextWords[next]}
          </Button>
        ) : (
          <Button
            variant="filled"
            disabled={!mayGoOn || isMissing(options)}
            loading={start.isPending}
            onClick={() => start.mutate()}
          >
            Import
          </Button>
        )}
        {before && <Button onClick={() => go(before)}>Back</Button>}
        <Button loading={forget.isPending} onClick={() => forget.mutate()}>
          Forget this file
        </Button>
        <span className="muted">An import contacts nobody.</span>
      </div>
    </div>
  );
}

const nextWords: { readonly [step in ImportStep]: string } = {
  columns: 'To the columns',
  rows: 'To the rows',
  permission: 'To the permission',
};

/** The address may ask for a step that is not open yet. */
function useStep(is: { readonly blocked: boolean; readonly asked: boolean }): ImportStep {
  const { step } = route.useSearch();
  if (step === undefined || is.blocked) return 'columns';
  return step === 'permission' && is.asked ? 'rows' : step;
}

const isMissing = (options: ImportOptions): boolean =>
  options.permission === 'opted_in' && (!options.permission_source || !options.permission_date);

function Notices({ previewed }: { readonly previewed: PreviewedImport }) {
  const notices = [...previewed.notices, ...previewed.preview.notices].filter(
    // The columns show by themselves what is left out.
    ({ code }) => code !== 'columns_ignored',
  );
  return notices.map((notice) => (
    <Note key={notice.code + notice.message} tone="info" title={notice.message}>
      {isForHere(notice.hint) && <p>{notice.hint}</p>}
    </Note>
  ));
}
