CREATE TABLE "checks" (
	"run_id" text,
	"repo" text,
	"sha" text,
	"told" text,
	"trying" text,
	"tries" integer DEFAULT 0 NOT NULL,
	"due" timestamp with time zone DEFAULT now() NOT NULL,
	"done" boolean DEFAULT false NOT NULL,
	CONSTRAINT "checks_pkey" PRIMARY KEY("run_id","repo","sha")
);
--> statement-breakpoint
CREATE INDEX "checks_repo_sha_index" ON "checks" ("repo","sha");--> statement-breakpoint
CREATE INDEX "checks_open_idx" ON "checks" ("due") WHERE not "done";--> statement-breakpoint
ALTER TABLE "checks" ADD CONSTRAINT "checks_run_id_runs_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE;