// Everything about letters that has a door: content, ledger, mailbox, the sending switch, and leaving.
import { registerBrand } from './brand.ts';
import type { App, HttpDeps } from './deps.ts';
import { registerMailbox } from './mailbox.ts';
import { registerMessages } from './messages.ts';
import { registerSending } from './sending.ts';
import { registerSendingAsk } from './sending-ask.ts';
import { registerTemplateKept } from './template-kept.ts';
import { registerTemplatePreview } from './template-preview.ts';
import { registerTemplateTest } from './template-test.ts';
import { registerTemplates } from './templates.ts';
import { registerTopics } from './topics.ts';
import { registerUnsubscribe } from './unsubscribe.ts';

export async function registerLetters(app: App, deps: HttpDeps): Promise<void> {
  registerTemplates(app, deps);
  registerTemplateKept(app, deps);
  registerTemplatePreview(app, deps);
  registerTemplateTest(app, deps);
  registerBrand(app, deps);
  registerTopics(app, deps);
  registerMessages(app, deps);
  registerMailbox(app, deps);
  registerSending(app, deps);
  registerSendingAsk(app, deps);
  await registerUnsubscribe(app, deps);
}
