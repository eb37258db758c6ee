// Lifecycle: the models, their stages as sentences with counts, a stage's rule to change, presets to add.
import { Button, Drawer, Menu, Modal, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import {
  addPreset,
  changeModel,
  deleteModel,
  lifecycleQuery,
  orderModels,
  presetsQuery,
  type Model,
  type Stage,
} from '../api/lifecycle.ts';
import { ApiProblem } from '../api/problem.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { asSentence, people } from '../lib/format.ts';
import { stagePaint } from '../lib/stages.ts';
import { BacktestLink } from '../ui/backtest-link.tsx';
import { Card, Page, Section } from '../ui/page.tsx';
import { draftOf, RuleEditor } from '../ui/rule-editor.tsx';
import { StageBars, StageMark } from '../ui/stage.tsx';
import { Answer, Badge, Empty, Loading, Note, Trouble } from '../ui/states.tsx';
import './lifecycle.css';

const route = getRouteApi('/shell/lifecycle');

export function LifecyclePage() {
  const models = useQuery({
    ...lifecycleQuery,
    refetchInterval: (query) => (query.state.data?.items.some((one) => one.arming) ? 1_000 : 15_000),
  });
  const can = useCan();
  const [adding, setAdding] = useState(false);
  return (
    <Page
      title="Lifecycle"
      lead="Which stage of the relationship everyone is in. Models run side by side; the first is the default. A stage follows from what is known now: nobody is moved by hand."
      actions={can.define && <Button onClick={() => setAdding(true)}>Add a model</Button>}
    >
      <Answer of={models}>
        {({ items }) => (items.length === 0 ? <Empty title="No model yet." /> : <Models models={items} />)}
      </Answer>
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add a model" size="lg">
        <Presets onClose={() => setAdding(false)} />
      </Modal>
    </Page>
  );
}

function Models({ models }: { readonly models: readonly Model[] }) {
  const { model: wanted } = route.useSearch();
  const navigate = useNavigate();
  const model = models.find((one) => one.key === wanted) ?? models.find((one) => one.is_default) ?? models[0];
  if (!model) return null;
  return (
    <>
      {models.length > 1 && (
        <SegmentedControl
          aria-label="Lifecycle model"
          className="model-choice"
          data={models.map((one) => ({ value: one.key, label: one.name }))}
          value={model.key}
          onChange={(key) => void navigate({ to: '/lifecycle', search: { model: key }, replace: true })}
        />
      )}
      <TheModel key={model.key} model={model} models={models} />
    </>
  );
}

function TheModel({ model, models }: { readonly model: Model; readonly models: readonly Model[] }) {
  const formats = useFormats();
  const can = useCan();
  const [editing, setEditing] = useState<string | null>(null);
  const stage = model.stages.find((one) => one.key === editing);
  const looks = model.stages.map((one) => one.look);
  return (
    <>
      <Section
        title={model.name}
        note={
          <>
            {model.is_default ? 'The default model. ' : ''}
            {formats.number(model.outside)} outside: erased people, bots, staff, and visitors without an order
            who were inactive for 180 days.
          </>
        }
        actions={
          can.define && (
            <>
              <BacktestLink of={`model:${model.key}`} />
              <ModelMenu model={model} models={models} />
            </>
          )
        }
      >
        {model.arming && (
          <Note tone="info">
            The stages are being worked out: {formats.number(model.arming.done)} of{' '}
            {people(formats, model.arming.of)}.
          </Note>
        )}
        <StageBars model={model.key} label={`People by stage, ${model.name}`} stages={model.stages} />
      </Section>
      <Section
        title="Stages and their rules"
        note="The rule with the lowest number is tried first; the first that holds decides."
      >
        <ol className="stage-list">
          {model.stages.map((one, i) => (
            <li key={one.key}>
              <Card>
                <div className="row-wide">
                  <h3 className="stage-title">
                    <StageMark paint={stagePaint(looks, i)} name={one.name} look={one.look} />
                  </h3>
                  <span className="row">
                    <Link to="/people" search={{ stage: `${model.key}:${one.key}` }}>
                      {people(formats, one.people)}
                    </Link>
                    {can.define && (
                      <Button size="xs" onClick={() => setEditing(one.key)} aria-label={`Change ${one.name}`}>
                        Change
                      </Button>
                    )}
                  </span>
                </div>
                <p className="sentence">{asSentence(one.sentence)}</p>
                <p className="muted">
                  Tried {ordinal(one.tested, model.stages.length)}.
                  {one.action ? ` To start with: ${one.action}.` : ''}
                </p>
              </Card>
            </li>
          ))}
        </ol>
      </Section>
      <Drawer
        opened={stage !== undefined}
        onClose={() => setEditing(null)}
        position="right"
        size="xl"
        title={stage ? `Change ${stage.name}` : ''}
      >
        {stage && (
          <ChangeStage key={stage.key} model={model} stage={stage} onClose={() => setEditing(null)} />
        )}
      </Drawer>
    </>
  );
}

/** "first", "as number 3", "last". */
function ordinal(n: number, of: number): string {
  if (n === 1) return 'first';
  return n === of ? 'last' : `as number ${n}`;
}

function ModelMenu({ model, models }: { readonly model: Model; readonly models: readonly Model[] }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const done = async () => {
    await client.invalidateQueries();
    await navigate({ to: '/lifecycle', search: {}, replace: true });
  };
  const first = useMutation({
    mutationFn: () =>
      orderModels([model.key, ...models.map((one) => one.key).filter((key) => key !== model.key)]),
    onSuccess: done,
  });
  const drop = useMutation({ mutationFn: () => deleteModel(model.key), onSuccess: done });
  const failed = first.error ?? drop.error;
  if (models.length < 2) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="xs" loading={first.isPending || drop.isPending}>
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {!model.is_default && <Menu.Item onClick={() => first.mutate()}>Make it the default</Menu.Item>}
          <Menu.Item onClick={() => drop.mutate()}>Remove this model</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {failed && <Trouble error={failed} />}
    </>
  );
}

function ChangeStage({
  model,
  stage,
  onClose,
}: {
  readonly model: Model;
  readonly stage: Stage;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const index = model.stages.indexOf(stage);
  const [name, setName] = useState(stage.name);
  const [action, setAction] = useState(stage.action ?? '');
  const [draft, setDraft] = useState(() => draftOf(stage.rule));
  const save = useMutation({
    mutationFn: (rule: NonNullable<typeof draft.rule>) =>
      changeModel(model.key, {
        name: model.name,
        stages: model.stages.map((one) => {
          const changed = one.key === stage.key;
          const act = changed ? action : (one.action ?? '');
          return {
            key: one.key,
            look: one.look,
            name: changed ? name : one.name,
            rule: changed ? rule : one.rule,
            ...(act ? { action: act } : {}),
          };
        }),
        ...(model.tested_first ? { tested_first: model.tested_first } : {}),
      }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries();
      notifications.show({ message: `${name} is saved. Nobody was contacted.` });
    },
  });
  const here = `/stages/${index}/rule`;
  const problems =
    save.error instanceof ApiProblem
      ? save.error.problems
          .filter((one) => one.path.startsWith(here))
          .map((one) => ({ ...one, path: one.path.slice(here.length) }))
      : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.rule) save.mutate(draft.rule);
  };
  return (
    <form onSubmit={submit} className="stack">
      <TextInput
        label="Name"
        required
        withAsterisk={false}
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <RuleEditor draft={draft} onChange={setDraft} problems={problems} />
      <Textarea
        label="One action to start with"
        autosize
        minRows={2}
        value={action}
        onChange={(e) => setAction(e.currentTarget.value)}
      />
      <p className="muted">
        Saving works out everyone's stage anew. It contacts nobody and starts no journey.
      </p>
      {save.isError && problems.length === 0 && <Trouble error={save.error} />}
      <div className="form-foot">
        <Button type="submit" variant="filled" loading={save.isPending} disabled={draft.rule === null}>
          Save
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}

function Presets({ onClose }: { readonly onClose: () => void }) {
  const presets = useQuery(presetsQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const add = useMutation({
    mutationFn: addPreset,
    onSuccess: async (model) => {
      onClose();
      await client.invalidateQueries({ queryKey: ['lifecycle'] });
      await navigate({ to: '/lifecycle', search: { model: model.key } });
    },
  });
  if (presets.isPending) return <Loading rows={4} />;
  return (
    <div className="stack">
      <p>Models run side by side. Adding one contacts nobody.</p>
      {(presets.error ?? add.error) && <Trouble error={presets.error ?? add.error} />}
      <ul className="plain-list">
        {presets.data?.items.map((preset) => (
          <li key={preset.key} className="row-wide preset">
            <div className="stack-tight">
              <strong>{preset.name}</strong>
              <span className="row preset-stages">
                {preset.stages.map((stage, i) => (
                  <StageMark
                    key={stage.key}
                    paint={stagePaint(
                      preset.stages.map((one) => one.look),
                      i,
                    )}
                    name={stage.name}
                  />
                ))}
              </span>
            </div>
            {preset.added ? (
              <Badge tone="good" icon="check">
                added
              </Badge>
            ) : (
              <Button
                loading={add.isPending && add.variables === preset.key}
                onClick={() => add.mutate(preset.key)}
                aria-label={`Add ${preset.name}`}
              >
                Add
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
