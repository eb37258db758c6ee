// Compiled templates by workspace, key and version. A version never changes, so nothing here is ever stale;
// the oldest entries are dropped. Compiling happens once even when many messages ask at the same time.
import { compileTemplate } from './template.ts';
import type { CompileResult, TemplateSource } from './template.ts';

export interface TemplateCache {
  get(id: TemplateId, load: () => Promise<TemplateSource | undefined>): Promise<CompileResult | undefined>;
}

export interface TemplateId {
  readonly workspaceId: string;
  readonly key: string;
  readonly version: number;
}

export function createTemplateCache(options: { readonly entriesMax: number }): TemplateCache {
  const known = new Map<string, Promise<CompileResult | undefined>>();
  return {
    get(id, load) {
      const name = JSON.stringify([id.workspaceId, id.key, id.version]);
      const found = known.get(name);
      if (found !== undefined) return found;
      const made = load().then((source) => (source === undefined ? undefined : compileTemplate(source)));
      known.set(name, made);
      // What is not there, or could not be loaded, is asked for again.
      const forget = (): boolean => known.get(name) === made && known.delete(name);
      made.then((result) => result === undefined && forget(), forget);
      const oldest = known.size > options.entriesMax ? known.keys().next() : undefined;
      if (oldest !== undefined && !oldest.done) known.delete(oldest.value);
      return made;
    },
  };
}
