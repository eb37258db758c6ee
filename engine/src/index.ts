// The engine's one barrel: what the shell and the console may use.
export { compile } from './program.ts';
export type { CompiledGraph, CompiledJourney, CompiledModel, CompiledSegment, Program } from './program.ts';
export { narrow } from './narrow.ts';
export { AHEAD_MAX_MS, newPerson, step } from './step.ts';
export type { StepOptions, Stepped } from './step.ts';
export { establish } from './establish.ts';
export { relive } from './relive.ts';
export type { ReliveOptions } from './relive.ts';
export type { EstablishOptions } from './establish.ts';
export { ALIASES_MAX, mergePeople } from './merge.ts';
export type { MergeOptions } from './merge.ts';
export { refold } from './refold.ts';
export { askedShapeOf, changedSince } from './changed.ts';
export type { AskedShape, Changed } from './changed.ts';
export { adopt, deltaOf, foldDelta, shapeOf } from './memory/delta.ts';
export type { Delta, NewSlots, PlanShape } from './memory/delta.ts';
export { applyDecision, emptyStanding, foldStanding } from './standing.ts';
export { decodePerson, encodePerson } from './person.ts';
export type {
  Arm,
  Consent,
  ConsentStatus,
  Memory,
  OpenMessage,
  Person,
  PointsStanding,
  Provenance,
  Run,
  StagePosition,
  Standing,
  TraitValue,
} from './person.ts';
export type {
  ConsentChange,
  EventFact,
  EventType,
  Input,
  PointsCommand,
  SendOutcome,
  Trust,
} from './input.ts';
export type {
  Cause,
  Change,
  Decision,
  DropReason,
  HoldReason,
  PointsAccount,
  PointsEntry,
  Posting,
  RunEnd,
  Verdict,
} from './decision.ts';
export type {
  Definition,
  JourneyDefinition,
  JourneyGraph,
  JourneyNode,
  LifecycleDefinition,
  EarningRule,
  Expiry,
  PolicyDefinition,
  ProgrammeDefinition,
  TierDefinition,
  SegmentDefinition,
  StageDefinition,
  Trigger,
} from './definition.ts';
export type { Answer, Json, Parsed, Problem, Rule, Selector, Where } from './rules/rule.ts';
export type { Known } from './rules/parse.ts';
export { parseRule, parseSelector } from './rules/parse.ts';
export {
  ruleAmountOps,
  ruleAnchors,
  ruleComparisons,
  ruleCountOps,
  ruleWindows,
} from './rules/catalogue-parts.ts';
export { ruleKinds } from './rules/catalogue.ts';
export type { CatalogueEntry } from './rules/catalogue.ts';
export { sentence } from './rules/sentence.ts';
export { COMPARISON_WORDS } from './rules/sentence-parts.ts';
export type { Names } from './rules/sentence.ts';
export { explainStage, explainSegment, holdsSegment, joinsAt, stageNow } from './lifecycle/explain.ts';
export { inOneSentence } from './rules/explain.ts';
export type { Explanation } from './rules/explain.ts';
export { parseLifecycle, STAGES_MAX } from './lifecycle/parse.ts';
export { findDefinitionRing, segmentsIn } from './lifecycle/order.ts';
export { findUnrest } from './lifecycle/rest.ts';
export { refusalOf } from './loyalty/command.ts';
export type { PointsRefusal } from './loyalty/command.ts';
export { POINTS_MAX } from './loyalty/exact.ts';
export { lotsOf, spendable } from './loyalty/lapse.ts';
export { NO_POINTS } from './loyalty/ledger.ts';
export { parseProgramme } from './loyalty/parse.ts';
export { earningSentence, expirySentence } from './loyalty/sentence.ts';
export { soundDefinition } from './sound.ts';
export { lifecyclePresets } from './lifecycle/presets.ts';
export { inPurchaseWords } from './lifecycle/industry.ts';
export { shippedSegments } from './lifecycle/segments.ts';
export { parseJourney } from './journeys/parse.ts';
export type { JourneyKnown } from './journeys/parse.ts';
export { qualifiesToday } from './journeys/audience.ts';
export { readyJourneys } from './journeys/ready.ts';
export type { ReadyJourney } from './journeys/ready.ts';
export { askGovernor } from './policy/ask.ts';
export type { Supposed, Supposition } from './policy/ask.ts';
export { DEFAULT_POLICY } from './policy/governor.ts';
export type { QuestionKey } from './policy/governor.ts';
export { addressOf } from './policy/look.ts';
export { explainLook } from './policy/explain.ts';
export type { ExplainedLook } from './policy/explain.ts';
export { consentFor } from './policy/consent.ts';
export { OUTSIDE_SEGMENT } from './touched.ts';
export { ExpectedFigure } from './figures/expected.ts';
export type { Expected } from './figures/expected.ts';
export { Figures } from './figures/figures.ts';
export type { FigurePoint, FigureResults } from './figures/figures.ts';
export { minorDigits } from './lib/currency.ts';
export { FIGURE_PARTS, placesOf } from './figures/behind.ts';
export type { FigurePlace, FigureWithPeople } from './figures/behind.ts';
export type { Promoters } from './figures/promoters.ts';
export { compileFacts, figureEvents, visitEvents } from './figures/facts.ts';
export type { FigureFacts } from './figures/facts.ts';
export type { Rate } from './figures/rate.ts';
export { backtestPerson, prepareBacktest } from './backtest/live.ts';
export type { Backtest, BacktestOptions } from './backtest/live.ts';
export { TESTED_KEY } from './backtest/reduce.ts';
export type { Tested } from './backtest/reduce.ts';
export { refitInstants } from './backtest/refits.ts';
export type { Refit } from './backtest/refits.ts';
export { backtestResult } from './backtest/result.ts';
export type { BacktestResult, MessagesByReason, OrderedAnyway } from './backtest/result.ts';
export type { SamplePerson, StoryItem } from './backtest/sample.ts';
export type { PersonHistory, Span } from './backtest/story.ts';
export { addOutcome, emptyTally, mergeTallies } from './backtest/tally.ts';
export type { Tally } from './backtest/tally.ts';
export { parsePrediction } from './prediction/parameters.ts';
export type { Prediction, RhythmParameters } from './prediction/parameters.ts';
export { aliveCurve, outlookOf } from './prediction/outlook.ts';
export { movedMaterially } from './prediction/moved.ts';
export { keptGood } from './prediction/kept.ts';
export { asksAny, predictionsAsked } from './prediction/asked.ts';
export type { AskedPredictions } from './prediction/asked.ts';
export { amountsOf, relearn, spentOn } from './prediction/relearn.ts';
export type { KnownOverTime, Relearnt } from './prediction/relearn.ts';
export { familyOf } from './prediction/choose-model.ts';
export { learn } from './prediction/learn.ts';
export type { FitReport, KnownOfAll } from './prediction/learn.ts';
export { populationOf } from './prediction/population.ts';
export type { Population } from './prediction/population.ts';
export { comingsOf } from './prediction/statistics.ts';
export type { CurvePoint, ExpectedWorth, Outlook } from './prediction/outlook.ts';
export { personZone } from './memory/person-zone.ts';
export { BUCKETS, bucketOf, hashId, share } from './lib/id.ts';
export { compileZone, dayStart, localDay } from './lib/zone.ts';
export type { Zone } from './lib/zone.ts';
export { parseDuration } from './lib/duration.ts';
export { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './lib/instant.ts';
export type { DurationMs, Instant, LocalDay } from './lib/instant.ts';
export { shorten } from './lib/short-name.ts';
