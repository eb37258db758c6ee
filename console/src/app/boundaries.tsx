// What stands in for a page that is on its way, is not there, or broke.
import { Button } from '@mantine/core';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { Loading, Trouble } from '../ui/states.tsx';
import { Page } from '../ui/page.tsx';
import { ConnectionBanner } from './connection-banner.tsx';

export function PagePending() {
  return (
    <div className="page">
      <ConnectionBanner />
      <Loading rows={8} />
    </div>
  );
}

export function NotFound() {
  return (
    <Page title="There is nothing at this address" lead="It may have been renamed or deleted.">
      <p>
        <Link to="/">Go to Home</Link>
      </p>
    </Page>
  );
}

/** A new version of the console was installed while this page was open: its old files are gone. */
const isOldVersion = (error: unknown): boolean =>
  error instanceof Error &&
  /dynamically imported module|module script failed|error loading/i.test(error.message);

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  if (isOldVersion(error)) {
    return (
      <Page title="Rapport was updated" lead="This page belongs to the version before.">
        <Button variant="filled" onClick={() => location.reload()}>
          Reload
        </Button>
      </Page>
    );
  }
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title="This page could not be shown">
      <Trouble error={error} onRetry={retry} />
    </Page>
  );
}
