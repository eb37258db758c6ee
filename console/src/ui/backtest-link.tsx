// The way from a segment, a model or a journey to what it would have done.
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';

/** `of`: `segment:quiet`, `journey:welcome`, `model:default`. */
export function BacktestLink({ of }: { readonly of: string }) {
  return (
    <Button renderRoot={(props) => <Link to="/new-backtest" search={{ of }} {...props} />}>
      What would it have done?
    </Button>
  );
}
