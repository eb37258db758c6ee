// What a page is going to ask the server, asked as soon as its address is known: beside the page's own code instead of after it.
// Leaving a line out costs a page some 200 ms and breaks nothing; a page asks for itself what is not here.
import type {
  FetchInfiniteQueryOptions,
  FetchQueryOptions,
  QueryClient,
  QueryKey,
} from '@tanstack/react-query';
import { figurePeopleQuery, figuresQuery } from '../api/figures.ts';
import { importQuery, importsQuery } from '../api/imports.ts';
import { journeyQuery, journeysQuery } from '../api/journeys.ts';
import { lifecycleQuery, presetsQuery } from '../api/lifecycle.ts';
import { messageQuery, messagesQuery, messageSummaryQuery } from '../api/messages.ts';
import { overviewQuery } from '../api/overview.ts';
import { peopleViewsQuery } from '../api/people-views.ts';
import { peopleQuery, personQuery, timelineQuery } from '../api/people.ts';
import { addressesQuery } from '../api/person-deeds.ts';
import { stageHistoryQuery } from '../api/person-record.ts';
import { personPredictionQuery, predictionsQuery } from '../api/predictions.ts';
import { pointsQuery, programmeQuery, programmesQuery } from '../api/programmes.ts';
import { sampleStoreQuery } from '../api/sample-store.ts';
import { segmentHistoryQuery, segmentPeopleQuery, segmentQuery, segmentsQuery } from '../api/segments.ts';
import { settingsQuery } from '../api/settings.ts';
import {
  brandQuery,
  draftOfTemplate,
  letterPreviewQuery,
  nobody,
  readersQuery,
  templateQuery,
  templatesQuery,
} from '../api/templates.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { momentsQuery, weekQuery } from '../api/week.ts';

/** A page about to be shown: the id of its route, and what stands in its address. */
export interface Coming {
  readonly routeId: string;
  readonly params: { readonly [name: string]: string | undefined };
  readonly search: { readonly [name: string]: unknown };
}

export function askAhead(client: QueryClient, { routeId, params, search }: Coming): void {
  const { id = '', key = '' } = params;
  const text = (name: string): string | undefined =>
    typeof search[name] === 'string' ? search[name] : undefined;
  const number = (name: string): number | undefined =>
    typeof search[name] === 'number' ? search[name] : undefined;
  const one = <T, K extends QueryKey>(query: FetchQueryOptions<T, Error, T, K>): void =>
    void client.prefetchQuery(query);
  // What somebody changes does not change under their hands: it is asked for only where nothing is there.
  const still = <T, K extends QueryKey>(query: FetchQueryOptions<T, Error, T, K>): void => {
    if (client.getQueryState(query.queryKey)?.data === undefined) one(query);
  };
  const list = <T, K extends QueryKey>(query: FetchInfiniteQueryOptions<T, Error, T, K, string>): void =>
    void client.prefetchInfiniteQuery(query);

  switch (routeId.replace('/shell', '')) {
    case '/':
      one(overviewQuery);
      one(weekQuery);
      one(momentsQuery);
      one(figuresQuery);
      one(journeysQuery);
      one(sampleStoreQuery);
      break;
    case '/figures/$key':
      one(figuresQuery);
      list(figurePeopleQuery(key, text('part')));
      break;
    case '/people':
      one(lifecycleQuery);
      one(vocabularyQuery);
      void askPeople(client, search);
      break;
    case '/people/$id':
      one(personQuery(id));
      list(timelineQuery(id, text('show')));
      one(stageHistoryQuery(id));
      one(personPredictionQuery(id));
      one(addressesQuery(id));
      one(pointsQuery(id));
      one(lifecycleQuery);
      break;
    case '/segments':
      list(segmentsQuery(''));
      break;
    case '/segments/$key':
      one(segmentQuery(key));
      list(segmentPeopleQuery(key));
      list(segmentHistoryQuery(key));
      break;
    case '/segments/$key/rule':
      still(segmentQuery(key));
      one(vocabularyQuery);
      break;
    case '/new-segment':
    case '/new-programme':
      one(vocabularyQuery);
      break;
    case '/loyalty':
      one(programmesQuery);
      break;
    case '/loyalty/$key/edit':
      still(programmeQuery(key));
      one(vocabularyQuery);
      break;
    case '/lifecycle':
      one(lifecycleQuery);
      break;
    case '/lifecycle/$key/edit':
      still(lifecycleQuery);
      one(vocabularyQuery);
      break;
    case '/new-model':
      one(presetsQuery);
      break;
    case '/insights/rhythm':
      one(predictionsQuery);
      one(figuresQuery);
      break;
    case '/journeys':
      one(journeysQuery);
      break;
    case '/journeys/$id':
      one(journeyQuery(id, number('version'), number('days')));
      one(templatesQuery);
      break;
    case '/journeys/$id/edit':
      still(journeyQuery(id));
      one(vocabularyQuery);
      break;
    case '/messages':
      list(messagesQuery(search));
      one(messageSummaryQuery(search));
      one(journeysQuery);
      break;
    case '/messages/$id':
      one(messageQuery(id));
      break;
    case '/templates':
      one(templatesQuery);
      break;
    case '/templates/$key':
      void askLetter(client, key, text('person'));
      one(vocabularyQuery);
      one(brandQuery);
      break;
    case '/imports':
      list(importsQuery());
      break;
    case '/imports/$id':
      one(importQuery(id));
      break;
    case '/settings/workspace':
    case '/settings/rules':
      one(settingsQuery);
      break;
    default:
  }
}

/** The letter as its reader would get it, asked before the editor stands, which takes a while to draw. */
async function askLetter(client: QueryClient, key: string, person: string | undefined): Promise<void> {
  const known = client.getQueryData(templateQuery(key).queryKey);
  const [template, readers] = await Promise.all([
    known ?? client.fetchQuery(templateQuery(key)),
    client.fetchQuery(readersQuery(key)),
  ]).catch(() => []);
  if (template === undefined || readers === undefined) return;
  const reader = person ?? readers.items[0]?.id ?? nobody;
  const draft = { ...draftOfTemplate(template), purpose: template.purpose };
  await client.prefetchQuery(letterPreviewQuery({ template: key, draft, reader }));
}

/** Whose list it is depends on the columns that the reader has chosen. */
async function askPeople(client: QueryClient, search: Coming['search']): Promise<void> {
  const own = client.fetchQuery(peopleViewsQuery);
  const { rule, columns, ...asked } = search;
  if (rule !== undefined || columns !== undefined) return;
  const views = await own.catch(() => null);
  if (views?.columns === null) await client.prefetchInfiniteQuery(peopleQuery(asked));
}
