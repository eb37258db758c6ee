// Lifecycle: the models, their stages as sentences with counts, the map of moves between them, what they were, and what was deleted.
import { Button, Menu, SegmentedControl } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { lifecycleQuery, orderModels, type Model } from '../api/lifecycle.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { asSentence, people } from '../lib/format.ts';
import { turnWords } from '../lib/model-draft.ts';
import { stagePaint } from '../lib/stages.ts';
import { BacktestLink } from '../ui/backtest-link.tsx';
import { BrokenRule } from '../ui/broken-rule.tsx';
import { Deleted, useDelete } from '../ui/deleted.tsx';
import { Card, Page, Section } from '../ui/page.tsx';
import { ReferenceLinks } from '../ui/reference-link.tsx';
import { StageBars, StageMark } from '../ui/stage.tsx';
import { Answer, Empty, Note, Trouble } from '../ui/states.tsx';
import { LifecycleMap } from './lifecycle-map.tsx';
import { ModelVersions } from './lifecycle-versions.tsx';
import './lifecycle.css';

const route = getRouteApi('/shell/lifecycle');

export function LifecyclePage() {
  const models = useQuery({
    ...lifecycleQuery,
    refetchInterval: (query) => (query.state.data?.items.some((one) => one.arming) ? 1_000 : 15_000),
  });
  const can = useCan();
  return (
    <Page
      title="Lifecycle"
      lead="Which stage of the relationship everyone is in. Models run side by side; the first is the default. A stage follows from what is known now: nobody is moved by hand."
      actions={
        can.define && <Button renderRoot={(props) => <Link to="/new-model" {...props} />}>New model</Button>
      }
    >
      <Answer of={models}>
        {({ items }) => (items.length === 0 ? <Empty title="No model yet." /> : <Models models={items} />)}
      </Answer>
      {can.define && <Deleted of="lifecycle" things="models" />}
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
              <Button
                variant="filled"
                renderRoot={(props) => (
                  <Link to="/lifecycle/$key/edit" params={{ key: model.key }} search={{}} {...props} />
                )}
              >
                Change the model
              </Button>
              <ModelMenu model={model} models={models} />
            </>
          )
        }
      >
        {model.arming && <Arming model={model} />}
        <StageBars model={model.key} label={`People by stage, ${model.name}`} stages={model.stages} />
      </Section>
      <LifecycleMap model={model} />
      <Section
        title="Stages and their rules"
        note="The rule that is tried first is the lowest, unless one is named; the first that holds decides."
      >
        <ol className="stage-list">
          {model.stages.map((one, i) => (
            <li key={one.key}>
              <Card>
                <div className="row-wide">
                  <h3 className="stage-title">
                    <StageMark paint={stagePaint(looks, i)} name={one.name} look={one.look} />
                  </h3>
                  <Link to="/people" search={{ stage: `${model.key}:${one.key}` }}>
                    {people(formats, one.people)}
                  </Link>
                </div>
                <p className="sentence">{asSentence(one.sentence)}</p>
                <BrokenRule
                  problems={one.problems}
                  meanwhile="Until the model is changed, whoever stands here stays, and nobody comes."
                />
                <p className="muted">
                  Tried {turnWords(one.tested, model.stages.length)}.
                  {one.action ? ` To start with: ${one.action}.` : ''}
                  {one.used_by.length > 0 && (
                    <>
                      {' '}
                      Used by <ReferenceLinks of={one.used_by} />.
                    </>
                  )}
                </p>
              </Card>
            </li>
          ))}
        </ol>
      </Section>
      <ModelVersions model={model} />
    </>
  );
}

/** How far people have been brought to what was saved. */
function Arming({ model }: { readonly model: Model }) {
  const formats = useFormats();
  const { arming } = model;
  if (arming === null) return null;
  const left = arming.seconds_left;
  return (
    <Note tone="info" title="The stages are being worked out.">
      <p>
        {arming.phase === 'reading'
          ? `${formats.share(arming.read)} of the stored events are read.`
          : `${formats.number(arming.done)} of ${people(formats, arming.of)} are there.`}
        {left !== null &&
          left > 0 &&
          ` About ${formats.number(left)} ${left === 1 ? 'second' : 'seconds'} left.`}
      </p>
      <progress
        max={1}
        value={arming.phase === 'reading' ? arming.read : arming.done / Math.max(1, arming.of)}
        aria-label="How far the stages are worked out"
      />
    </Note>
  );
}

function ModelMenu({ model, models }: { readonly model: Model; readonly models: readonly Model[] }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const away = () => navigate({ to: '/lifecycle', search: {}, replace: true });
  const first = useMutation({
    mutationFn: () =>
      orderModels([model.key, ...models.map((one) => one.key).filter((key) => key !== model.key)]),
    onSuccess: async () => {
      await client.invalidateQueries();
      await away();
    },
  });
  const drop = useDelete({
    of: 'lifecycle',
    id: model.key,
    called: `The model ${model.name}`,
    leave: away,
  });
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
          <Menu.Item onClick={() => drop.mutate()}>Delete this model</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {failed && <Trouble error={failed} />}
    </>
  );
}
