-- What is due across buckets, in order, service messages before marketing: the sender finds it unlocked and then claims by
-- bucket and id. The index by bucket alone would need a scan of every bucket. Cheap: the ledger's waiting part is small.
create index messages_next on messages (workspace_id, marketing, next_at) where state in ('queued', 'claimed');
drop index messages_due;
