// The sample store on Home: the door through which it comes in, and the strip that says that it is here and takes it out.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { isMoving, loadSampleStore, removeSampleStore, sampleStoreQuery } from '../api/sample-store.ts';
import type { SampleStore } from '../api/sample-store.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { Card } from '../ui/page.tsx';
import { Trouble } from '../ui/states.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import './home.css';
import './imports.css';

/** What is there, what is asked, and every page told when something has come or gone. */
function useSample() {
  const client = useQueryClient();
  const store = useQuery(sampleStoreQuery).data;
  const before = useRef<SampleStore['state']>(undefined);
  const state = store?.state;
  useEffect(() => {
    const moved = before.current !== undefined && state !== before.current;
    before.current = state;
    if (moved && state !== undefined) void client.invalidateQueries();
  }, [client, state]);
  const onSuccess = (fresh: SampleStore): void => {
    client.setQueryData(sampleStoreQuery.queryKey, fresh);
  };
  const load = useMutation({ mutationFn: loadSampleStore, onSuccess });
  const take = useMutation({ mutationFn: removeSampleStore, onSuccess });
  return { store, load, take };
}

export function SampleDoor() {
  const can = useCan();
  const { store, load, take } = useSample();
  if (store === undefined) return null;
  return (
    <Card className="stack">
      <h2>Look around a sample store</h2>
      <p className="prose">
        Harbour &amp; Leaf, an invented roastery with 3,000 people and their last eighteen months. Nothing of
        it is ever sent, and one click takes it out again.
      </p>
      {store.state === 'failed' && (
        <p className="prose">
          {store.problem?.message} {store.problem?.hint}
        </p>
      )}
      {load.isError && <Trouble error={load.error} />}
      <DoorFoot
        store={store}
        off={!can.define}
        asked={load.isPending || take.isPending}
        onLoad={() => load.mutate()}
        onTake={() => take.mutate()}
      />
    </Card>
  );
}

function DoorFoot(props: {
  readonly store: SampleStore;
  readonly off: boolean;
  readonly asked: boolean;
  readonly onLoad: () => void;
  readonly onTake: () => void;
}) {
  const { store, off, asked } = props;
  if (isMoving(store)) return <Moving store={store} />;
  return (
    <div>
      {store.state === 'failed' ? (
        <Button disabled={off || asked} onClick={props.onTake}>
          Remove it
        </Button>
      ) : (
        <Button disabled={off || asked} onClick={props.onLoad}>
          Put in the sample store
        </Button>
      )}
    </div>
  );
}

export function SampleStrip() {
  const can = useCan();
  const { store, take } = useSample();
  if (store === undefined || store.state === 'none') return null;
  return (
    <aside className="sample-strip" aria-label="Sample store">
      {isMoving(store) ? (
        <Moving store={store} />
      ) : (
        <p>
          {store.state === 'failed'
            ? `${store.problem?.message ?? 'The sample store could not be put in.'} ${store.problem?.hint ?? ''}`
            : wordsOf(store)}
        </p>
      )}
      {store.state === 'ready' && (
        <Button size="xs" renderRoot={(props) => <Link to="/meet" {...props} />}>
          Meet them
        </Button>
      )}
      {can.define && store.state !== 'removing' && (
        <Button size="xs" loading={take.isPending} onClick={() => take.mutate()}>
          Remove the sample store
        </Button>
      )}
      {take.isError && <Trouble error={take.error} />}
    </aside>
  );
}

function wordsOf({ real_people: mixed }: SampleStore): string {
  return mixed
    ? 'The sample store is here, among your own people: the figures hold both. Nothing of it is ever sent.'
    : 'This is the sample store: nobody in it exists, and nothing of it is ever sent.';
}

function Moving({ store }: { readonly store: SampleStore }) {
  const formats = useFormats();
  const { done, of } = store.people;
  const words = store.state === 'loading' ? 'are here' : 'are left';
  return (
    <div className="stack-tight">
      <p id="sample-words">
        {formats.number(done)} of {formats.number(of)} people {words}.
      </p>
      <ProgressBar words="sample-words" done={done} of={of} />
    </div>
  );
}
