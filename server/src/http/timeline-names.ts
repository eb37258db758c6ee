// What things are called on one person's timeline: topics, templates, stages with their conditions, the nodes of their runs.
import type { Definition } from '@rapport/engine';
import { listTemplateNames, listTopics } from '../postgres/content-keys.ts';
import type { HttpDeps } from './deps.ts';
import { nodeLabel } from './journey-words.ts';
import { eventsNamed, namesIn } from './known.ts';
import { stageSentence } from './lifecycle-model.ts';
import type { Subject } from './person-view.ts';
import type { TimelineNames } from './timeline.ts';

export async function loadTimelineNames(
  deps: HttpDeps,
  workspaceId: string,
  { program, person }: Subject,
): Promise<TimelineNames> {
  const topics = await listTopics(deps.pools.console, workspaceId);
  const templates = await listTemplateNames(deps.pools.console, workspaceId);
  const known = namesIn(program.definition);
  return {
    ...known,
    templates,
    topics: new Map(topics.map(({ key, name }) => [key, name])),
    zone: program.definition.time_zone,
    counted: countedIn(program.definition),
    conditionOf: (modelKey, stageKey) => {
      const model = program.definition.models.find(({ key }) => key === modelKey);
      const stage = model?.stages.find(({ key }) => key === stageKey);
      return stage === undefined ? undefined : stageSentence(stage.rule, known);
    },
    runs: new Map(Object.values(person.standing.runs).map(({ id, journey }) => [id, journey])),
    node: (id, key) => {
      const run = person.standing.runs[id];
      const journey = program.definition.journeys.find((one) => one.key === run?.journey);
      const node = journey?.versions[String(run?.version)]?.nodes[key];
      return node === undefined ? undefined : nodeLabel(node, known, templates);
    },
  };
}

function countedIn({ purchase, refund, visit }: Definition): TimelineNames['counted'] {
  return { orders: [...eventsNamed(purchase), ...eventsNamed(refund)], visits: eventsNamed(visit) };
}
