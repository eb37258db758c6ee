// A template's draft: kept and taken back as every draft, saved as a new version, and what happens when two people save.
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../api/problem.ts';
import { changeTemplate, templateQuery, type Template, type TemplateDraft } from '../api/templates.ts';
import { useDraft, type Draft } from '../lib/use-draft.ts';

export interface TemplateInHand<D extends TemplateDraft> extends Draft<D> {
  readonly set: (part: Partial<D>, about?: string | null) => void;
  readonly save: () => void;
  readonly saving: boolean;
  readonly error: Error | null;
  /** Somebody saved a newer version meanwhile. */
  readonly overtaken: boolean;
  readonly saveOver: () => void;
}

export function useTemplateDraft<D extends TemplateDraft>(template: Template, stored: D): TemplateInHand<D> {
  const client = useQueryClient();
  const draft = useDraft<D>({
    key: `template.${template.key}`,
    version: template.version,
    saved: stored,
    read: (kept) => usable(kept, stored),
  });
  const save = useMutation({
    mutationFn: (over: number) => changeTemplate(template.key, draft.value, over),
    onSuccess: (fresh) => {
      draft.settle(fresh.version);
      client.setQueryData(templateQuery(template.key).queryKey, fresh);
      void client.invalidateQueries({ queryKey: ['templates'] });
      notifications.show({ message: `Saved as version ${fresh.version}.` });
    },
  });
  return {
    ...draft,
    set: (part, about = null) => draft.changeWith((old) => ({ ...old, ...part }), about),
    forget: () => {
      draft.forget();
      save.reset();
    },
    save: () => save.mutate(draft.basedOn),
    saving: save.isPending,
    error: save.error,
    overtaken: save.error instanceof ApiProblem && save.error.code === 'conflict',
    saveOver: () =>
      void client
        .fetchQuery({ ...templateQuery(template.key), staleTime: 0 })
        .then((newest) => save.mutate(newest.version)),
  };
}

/** A draft of the other kind of body is of no use any more. */
function usable<D extends TemplateDraft>(kept: unknown, stored: D): D | null {
  if (typeof kept !== 'object' || kept === null) return null;
  const fields = (of: object): string => Object.keys(of).sort().join();
  return fields(kept) === fields(stored) ? (kept as D) : null;
}
