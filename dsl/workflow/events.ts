// The GitHub events that a workflow may start on, and their actions. A name that is not here is refused, since it never comes.
// Source: docs.github.com, "Events that trigger workflows" and "Webhook events and payloads".

/** Event → its actions; an event without any has none. */
export const GITHUB_EVENTS: Readonly<Record<string, readonly string[]>> = {
  check_run: ['created', 'rerequested', 'completed', 'requested_action'],
  check_suite: ['completed', 'requested', 'rerequested'],
  create: [],
  delete: [],
  deployment: ['created'],
  deployment_status: ['created'],
  discussion: [
    'created',
    'edited',
    'deleted',
    'labeled',
    'unlabeled',
    'locked',
    'unlocked',
    'answered',
    'unanswered',
  ],
  fork: [],
  issue_comment: ['created', 'edited', 'deleted'],
  issues: [
    ...['opened', 'edited', 'deleted', 'transferred', 'pinned', 'unpinned', 'closed', 'reopened', 'assigned'],
    ...['unassigned', 'labeled', 'unlabeled', 'locked', 'unlocked', 'milestoned', 'demilestoned'],
  ],
  label: ['created', 'edited', 'deleted'],
  milestone: ['created', 'closed', 'opened', 'edited', 'deleted'],
  pull_request: [
    ...[
      'assigned',
      'unassigned',
      'labeled',
      'unlabeled',
      'opened',
      'edited',
      'closed',
      'reopened',
      'synchronize',
    ],
    ...[
      'converted_to_draft',
      'ready_for_review',
      'locked',
      'unlocked',
      'milestoned',
      'demilestoned',
      'enqueued',
    ],
    ...[
      'dequeued',
      'review_requested',
      'review_request_removed',
      'auto_merge_enabled',
      'auto_merge_disabled',
    ],
  ],
  pull_request_review: ['submitted', 'edited', 'dismissed'],
  pull_request_review_comment: ['created', 'edited', 'deleted'],
  push: [],
  release: ['published', 'unpublished', 'created', 'edited', 'deleted', 'prereleased', 'released'],
  repository_dispatch: [],
  star: ['created', 'deleted'],
  status: [],
  workflow_dispatch: [],
}

/** What counts when no types are written; every action of the other events. */
export const DEFAULT_TYPES: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
}
