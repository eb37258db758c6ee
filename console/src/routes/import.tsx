import { Page } from '../ui/page.tsx';
export function ImportPage() {
  return (
    <Page title="Imports">
      <p>soon</p>
    </Page>
  );
}
