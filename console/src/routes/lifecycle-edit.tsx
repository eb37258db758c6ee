// A lifecycle model being changed or made: its stages with their rules as sentences, and beside them what saving would change for whom.
// The draft is kept in this browser; nothing happens to anybody before it is saved, and saving contacts nobody.
import { Button, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import {
  addModel,
  changeModel,
  lifecycleQuery,
  modelVersionsQuery,
  presetsQuery,
  type Model,
  type Version,
} from '../api/lifecycle.ts';
import { ApiProblem, type FieldProblem } from '../api/problem.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { fieldError } from '../lib/fields.ts';
import {
  blankModel,
  changedStage,
  draftOfModel,
  formOf,
  modelKey,
  movedStage,
  readModelDraft,
  stagesMax,
  stagesMin,
  turnsOf,
  withNewStage,
  withoutStage,
  type ModelDraft,
} from '../lib/model-draft.ts';
import { stagePaint } from '../lib/stages.ts';
import { useDraft, type Draft } from '../lib/use-draft.ts';
import { useModelCount } from '../lib/use-model-count.ts';
import { Overtaken, StepButtons, TakenUp } from '../ui/draft.tsx';
import { Page } from '../ui/page.tsx';
import { ReferenceLinks } from '../ui/reference-link.tsx';
import { useRuleCheck } from '../ui/rule-builder/use-rule-check.ts';
import { Answer, Note, Trouble } from '../ui/states.tsx';
import { offerUndo } from '../ui/undo.tsx';
import { WouldChange } from './lifecycle-count.tsx';
import { StageEditor } from './lifecycle-stage.tsx';
import { ProblemList } from '../ui/problem-list.tsx';
import './lifecycle.css';

const editRoute = getRouteApi('/shell/lifecycle/$key/edit');
const newRoute = getRouteApi('/shell/new-model/edit');

// What is being changed does not change by itself: another's version is met when saving.
const still = {
  refetchInterval: false as const,
  refetchOnWindowFocus: false,
  staleTime: Number.POSITIVE_INFINITY,
};

export function EditModelPage() {
  const { key } = editRoute.useParams();
  const { version } = editRoute.useSearch();
  const models = useQuery({ ...lifecycleQuery, ...still });
  const versions = useQuery({ ...modelVersionsQuery(key), ...still, enabled: version !== undefined });
  const asked = version === undefined ? models : versions.data === undefined ? versions : models;
  return (
    <Answer of={{ ...models, ...(asked === models ? {} : { data: undefined, error: versions.error }) }}>
      {({ items }) => {
        const model = items.find((one) => one.key === key);
        if (model === undefined)
          return <Note tone="warning" title="There is no such lifecycle model any more." />;
        const begin = versions.data?.items.find((one) => one.version === version) ?? null;
        return (
          <Editor
            key={`${model.key} ${model.version}`}
            saved={model}
            start={draftOfModel(model)}
            begin={begin}
            models={items}
          />
        );
      }}
    </Answer>
  );
}

export function NewModelPage() {
  const { from } = newRoute.useSearch();
  const presets = useQuery({ ...presetsQuery, ...still });
  const models = useQuery({ ...lifecycleQuery, ...still });
  const preset = presets.data?.items.find((one) => one.key === from);
  return (
    <Answer of={presets}>
      {() => (
        <Answer of={models}>
          {({ items }) => (
            <Editor
              saved={null}
              start={preset === undefined ? blankModel : draftOfModel(preset)}
              begin={null}
              models={items}
              from={preset?.key ?? 'nothing'}
            />
          )}
        </Answer>
      )}
    </Answer>
  );
}

interface EditorProps {
  /** Null: a new model. */
  readonly saved: Model | null;
  readonly start: ModelDraft;
  /** An earlier version to begin with. */
  readonly begin: Version | null;
  readonly models: readonly Model[];
  readonly from?: string;
}

function Editor({ saved, start, begin, models, from = '' }: EditorProps) {
  const draft = useDraft({
    key: saved === null ? `model.new.${from}` : `model.${saved.key}`,
    version: saved?.version ?? 0,
    saved: start,
    read: readModelDraft,
  });
  const { change } = draft;
  useEffect(() => {
    if (begin !== null) change(draftOfModel(begin));
  }, [begin, change]);
  const model = draft.value;
  const key = useNewKey(saved, models, { from, name: model.name });
  const asked = useMemo(() => [{ key, ...nameable(formOf(model)) }], [key, model]);
  const isChanged = saved === null || draft.isChanged;
  const counting = useModelCount(isChanged ? asked : null);
  const save = useSave(saved, key, draft);
  const held = saved === null ? [] : heldStages(saved, model);
  const problems = problemsOf(save.error ?? counting.error);
  useHotkeys([
    ['mod+z', () => draft.undo?.()],
    ['mod+shift+z', () => draft.redo?.()],
  ]);
  return (
    <Page
      title={saved === null ? 'New lifecycle model' : `Change ${saved.name}`}
      back={
        saved === null
          ? { to: '/new-model', label: 'New model' }
          : { to: '/lifecycle', label: 'Lifecycle', search: { model: saved.key } }
      }
      lead="Nothing changes for anybody before it is saved. Saving works out everyone's stage anew; it contacts nobody and starts no journey."
      actions={
        <>
          <StepButtons draft={draft} />
          <Button
            variant="filled"
            loading={save.isPending}
            disabled={!isChanged || held.length > 0}
            onClick={() => save.run(draft.basedOn)}
          >
            {saved === null ? 'Make the model' : `Save as version ${saved.version + 1}`}
          </Button>
        </>
      }
    >
      <SavingNotes modelKey={saved?.key ?? null} save={save} draft={draft} held={held} problems={problems} />
      <div className="model-edit">
        <div className="stack">
          <TextInput
            label="Name of the model"
            dir="auto"
            maw={480}
            value={model.name}
            error={problems.find(({ path }) => path === '/name')?.message ?? fieldError(save.error, '/key')}
            onChange={(e) => change({ ...model, name: e.currentTarget.value }, 'name')}
          />
          <Stages draft={draft} saved={saved} problems={problems} />
        </div>
        <WouldChange
          modelKey={key}
          draft={model}
          saved={saved === null ? null : start}
          counting={counting}
          isChanged={isChanged}
        />
      </div>
    </Page>
  );
}

/** A name that is not given yet is asked for when saving, not while everyone is counted. */
const nameable = <T extends { readonly name: string }>(form: T): T =>
  form.name === '' ? { ...form, name: '–' } : form;

/** A preset keeps its key while that is free; whatever else is made gets one from its name. */
function useNewKey(
  saved: Model | null,
  models: readonly Model[],
  { from, name }: { readonly from: string; readonly name: string },
): string {
  if (saved !== null) return saved.key;
  const taken = new Set(models.map(({ key }) => key));
  if (from !== 'nothing' && !taken.has(from)) return from;
  return modelKey(name, taken);
}

interface Saving {
  readonly run: (base: number) => void;
  readonly saveOver: () => void;
  readonly isPending: boolean;
  readonly error: Error | null;
}

function useSave(saved: Model | null, key: string, draft: Draft<ModelDraft>): Saving {
  const client = useQueryClient();
  const navigate = useNavigate();
  const save = useMutation({
    mutationFn: (base: number) =>
      saved === null ? addModel(key, formOf(draft.value)) : changeModel(key, formOf(draft.value), base),
    onSuccess: async (fresh) => {
      draft.forget();
      await navigate({ to: '/lifecycle', search: { model: fresh.key } });
      await client.invalidateQueries();
      if (saved === null) notifications.show({ message: `${fresh.name} is there. Nobody was contacted.` });
      else
        offerUndo({
          done: `${fresh.name} is saved as version ${fresh.version}. Nobody was contacted.`,
          undone: `${saved.name} is as it was.`,
          undo: async () => {
            await changeModel(key, formOf(draftOfModel(saved)), fresh.version);
            await client.invalidateQueries();
          },
        });
    },
  });
  return {
    run: save.mutate,
    saveOver: () =>
      void client.fetchQuery({ ...lifecycleQuery, staleTime: 0 }).then(({ items }) => {
        const newest = items.find((one) => one.key === key);
        if (newest !== undefined) save.mutate(newest.version);
      }),
    isPending: save.isPending,
    error: save.error,
  };
}

/** Stages that were taken out and cannot go yet. */
function heldStages(saved: Model, model: ModelDraft): readonly Model['stages'][number][] {
  const kept = new Set(model.stages.map(({ key }) => key));
  return saved.stages.filter((stage) => !kept.has(stage.key) && stage.used_by.length > 0);
}

/** That somebody else saved meanwhile is told by itself. */
const problemsOf = (error: unknown): readonly FieldProblem[] =>
  error instanceof ApiProblem && error.code !== 'conflict'
    ? error.problems.map((one) => ({ ...one, path: one.path.replace(/^\/models\/\d+/, '') }))
    : [];

function SavingNotes({
  modelKey: key,
  save,
  draft,
  held,
  problems,
}: {
  /** Null: a new model. */
  readonly modelKey: string | null;
  readonly save: Saving;
  readonly draft: Draft<ModelDraft>;
  readonly held: ReturnType<typeof heldStages>;
  readonly problems: readonly FieldProblem[];
}) {
  const navigate = useNavigate();
  const overtaken = save.error instanceof ApiProblem && save.error.code === 'conflict';
  const whole = problems.filter(({ path }) => !/^\/(name|stages\/\d+)/.test(path));
  return (
    <>
      {overtaken && key !== null && (
        <Overtaken
          title={save.error?.message ?? ''}
          onLook={() => void navigate({ to: '/lifecycle', search: { model: key } })}
          onSaveOver={save.saveOver}
        />
      )}
      {save.error !== null && !overtaken && problems.length === 0 && <Trouble error={save.error} />}
      {problems.length > 0 && (
        <Note
          tone="warning"
          title={
            problems.length === 1
              ? 'One thing is missing or wrong.'
              : `${problems.length} things are missing or wrong.`
          }
        >
          {whole.length > 0 ? (
            <ProblemList of={whole.map(({ message, hint }) => ({ message, hint }))} />
          ) : (
            <p>It stands at its place below.</p>
          )}
        </Note>
      )}
      {held.map((stage) => (
        <Note
          key={stage.key}
          tone="warning"
          title={`${stage.name} cannot go yet.`}
          action={
            <Button
              onClick={() =>
                draft.changeWith((old) => ({
                  ...old,
                  stages: [
                    ...old.stages,
                    ...draftOfModel({ name: '', stages: [stage], tested_first: null }).stages,
                  ],
                }))
              }
            >
              Put it back
            </Button>
          }
        >
          <p>
            It is used by <ReferenceLinks of={stage.used_by} />. Change these first; the draft is kept
            meanwhile.
          </p>
        </Note>
      ))}
      {save.error === null && <TakenUp draft={draft} />}
    </>
  );
}

function Stages({
  draft,
  saved,
  problems,
}: {
  readonly draft: Draft<ModelDraft>;
  readonly saved: Model | null;
  readonly problems: readonly FieldProblem[];
}) {
  const [open, setOpen] = useState<string | null>(null);
  const seen = useQuery(vocabularyQuery).data;
  const checker = useRuleCheck(seen);
  const { value: model, change, changeWith } = draft;
  const turns = turnsOf(model);
  const looks = model.stages.map(({ look }) => look);
  const add = () => {
    const made = withNewStage(model, saved?.stages.map(({ key }) => key) ?? []);
    change(made.model);
    setOpen(made.key);
  };
  return (
    <section className="stack">
      <h2>Stages</h2>
      <p className="muted">
        In the order of the relationship. The lowest is tried first, and the first whose rule holds decides.
      </p>
      <ol className="stage-list">
        {model.stages.map((stage, i) => (
          <li key={stage.key}>
            <StageEditor
              stage={stage}
              place={i}
              of={model.stages.length}
              turn={turns.get(stage.key) ?? 0}
              paint={stagePaint(looks, i)}
              sentence={checker?.check(stage.rule).sentence ?? null}
              problems={problems
                .filter(({ path }) => path.startsWith(`/stages/${i}/`))
                .map((one) => ({ ...one, path: one.path.slice(`/stages/${i}`.length) }))}
              usedBy={saved?.stages.find(({ key }) => key === stage.key)?.used_by ?? []}
              isFirst={model.tested_first === stage.key}
              isOpen={open === stage.key}
              jumps={draft.jumps}
              onOpen={(to) => setOpen(to ? stage.key : null)}
              onChange={(part, about) => changeWith((old) => changedStage(old, stage.key, part), about)}
              onMove={(by) => changeWith((old) => movedStage(old, stage.key, by))}
              onFirst={(first) => changeWith((old) => ({ ...old, tested_first: first ? stage.key : null }))}
              onRemove={
                model.stages.length <= stagesMin
                  ? null
                  : () => {
                      changeWith((old) => withoutStage(old, stage.key));
                      offerUndo({
                        done: `${stage.name} is taken out of the draft.`,
                        undo: async () => change(model),
                      });
                    }
              }
            />
          </li>
        ))}
      </ol>
      <div className="row">
        <Button disabled={model.stages.length >= stagesMax} onClick={add}>
          Add a stage
        </Button>
        {model.stages.length >= stagesMax && (
          <span className="muted">
            A model has at most {stagesMax} stages. Take one out, or make a second model beside this one.
          </span>
        )}
      </div>
    </section>
  );
}
