// A template's draft: what was changed, the way back, kept in this browser until it is saved, and what happens when two people save.
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { changeTemplate, templateQuery, type Template, type TemplateDraft } from '../api/templates.ts';
import { dropDraft, findDraft, keepDraft, type KeptDraft } from '../lib/kept-draft.ts';
import { changedTo, historyOf, redone, undone, type History } from '../lib/letter.ts';

export interface DraftInHand<D extends TemplateDraft> {
  readonly draft: D;
  readonly changed: boolean;
  readonly set: (part: Partial<D>, about?: string | null) => void;
  readonly undo: (() => void) | null;
  readonly redo: (() => void) | null;
  readonly save: () => void;
  readonly saving: boolean;
  readonly error: Error | null;
  /** Somebody saved a newer version meanwhile: theirs is to be looked at, or this one put over it. */
  readonly overtaken: boolean;
  readonly saveOver: () => void;
  /** What was written earlier and not saved was taken up again: since when. */
  readonly takenUp: number | null;
  readonly discard: () => void;
}

export function useDraft<D extends TemplateDraft>(template: Template, stored: D): DraftInHand<D> {
  const client = useQueryClient();
  const [kept] = useState(() => usableDraft(findDraft<D>(template.key), stored));
  const [history, setHistory] = useState<History<D>>(() => historyOf(kept?.draft ?? stored));
  const [takenUp, setTakenUp] = useState(kept?.at ?? null);
  const [basedOn, setBasedOn] = useState(kept?.version ?? template.version);
  const draft = history.now;
  const changed = JSON.stringify(draft) !== JSON.stringify(stored);
  useEffect(() => {
    if (!changed) dropDraft(template.key);
    else keepDraft(template.key, { version: basedOn, draft, at: Date.now() });
  }, [template.key, draft, changed, basedOn]);
  const save = useMutation({
    mutationFn: (over: number) => changeTemplate(template.key, draft, over),
    onSuccess: (fresh) => {
      dropDraft(template.key);
      setBasedOn(fresh.version);
      setTakenUp(null);
      client.setQueryData(templateQuery(template.key).queryKey, fresh);
      void client.invalidateQueries({ queryKey: ['templates'] });
      notifications.show({ message: `Saved as version ${fresh.version}.` });
    },
  });
  // What was written is kept; only a browser that keeps nothing must ask.
  useBlocker({
    shouldBlockFn: () => changed && !canKeep() && !window.confirm('Leave without saving what you changed?'),
    enableBeforeUnload: () => changed && !canKeep(),
  });
  const overtaken = save.error instanceof ApiProblem && save.error.code === 'conflict';
  return {
    draft,
    changed,
    set: (part, about = null) =>
      setHistory((old) => changedTo(old, { ...old.now, ...part }, { about, at: Date.now() })),
    undo: history.past.length === 0 ? null : () => setHistory(undone),
    redo: history.future.length === 0 ? null : () => setHistory(redone),
    save: () => save.mutate(basedOn),
    saving: save.isPending,
    error: save.error,
    overtaken,
    saveOver: () =>
      void client
        .fetchQuery({ ...templateQuery(template.key), staleTime: 0 })
        .then((newest) => save.mutate(newest.version)),
    takenUp,
    discard: () => {
      dropDraft(template.key);
      setHistory(historyOf(stored));
      setBasedOn(template.version);
      setTakenUp(null);
      save.reset();
    },
  };
}

/** A draft of the other kind of body is of no use any more, and one that changes nothing neither. */
function usableDraft<D extends TemplateDraft>(kept: KeptDraft<D> | null, stored: D): KeptDraft<D> | null {
  if (kept === null) return null;
  const same = Object.keys(kept.draft).sort().join() === Object.keys(stored).sort().join();
  return same && JSON.stringify(kept.draft) !== JSON.stringify(stored) ? kept : null;
}

function canKeep(): boolean {
  const works = keepDraft('probe', { version: 0, draft: null, at: 0 });
  dropDraft('probe');
  return works;
}
