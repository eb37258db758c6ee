// Where one is in the first ten minutes.
import { Steps } from '../../ui/steps.tsx';

export type FlowStep = 'import' | 'meet' | 'message' | 'switch';

export interface FlowStepsProps {
  readonly at: FlowStep;
  readonly person?: string | undefined;
  readonly journey?: string | undefined;
}

export function FlowSteps({ at, person, journey }: FlowStepsProps) {
  const order: readonly FlowStep[] = ['import', 'meet', 'message', 'switch'];
  const isDone = (step: FlowStep) => order.indexOf(step) < order.indexOf(at);
  return (
    <Steps
      label="The first ten minutes"
      at={at}
      steps={[
        { key: 'import', name: 'Bring them in', done: isDone('import'), link: { to: '/imports' } },
        {
          key: 'meet',
          name: 'Meet them',
          done: isDone('meet'),
          link: { to: '/meet', search: { person } },
        },
        {
          key: 'message',
          name: 'A message that would help',
          done: isDone('message'),
          link: { to: '/first-message', search: { journey, person } },
        },
        {
          key: 'switch',
          name: 'Switch it on',
          done: false,
          link: { to: '/first-message', search: { journey, person, step: 'switch' } },
        },
      ]}
    />
  );
}
