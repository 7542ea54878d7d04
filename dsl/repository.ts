// Where a workspace keeps its repository, for the ops and for all that calls them. It imports nothing, so who starts waits for
// nothing.
export const REPOSITORY = '/work/app'
