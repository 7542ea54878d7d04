CREATE TABLE "run_events" (
	"run_id" text,
	"cursor" integer,
	"event" jsonb NOT NULL,
	CONSTRAINT "run_events_pkey" PRIMARY KEY("run_id","cursor")
);
--> statement-breakpoint
CREATE TABLE "run_steps" (
	"run_id" text,
	"id" text,
	"place" integer NOT NULL,
	"step" text NOT NULL,
	"combination" jsonb,
	"state" text NOT NULL,
	"reason" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"deaths" integer DEFAULT 0 NOT NULL,
	"job" text,
	"worker" text,
	"approved" boolean DEFAULT false NOT NULL,
	"due" timestamp with time zone,
	"input" jsonb,
	"result" jsonb,
	"cost" numeric(14,6) DEFAULT '0' NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	CONSTRAINT "run_steps_pkey" PRIMARY KEY("run_id","id")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY,
	"owner_id" text NOT NULL,
	"plan" text NOT NULL,
	"number" integer NOT NULL,
	"workflow" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"trigger" text NOT NULL,
	"repo" text,
	"branch" text,
	"retry_of" text,
	"source" text NOT NULL,
	"file" text NOT NULL,
	"model" jsonb NOT NULL,
	"inputs" jsonb NOT NULL,
	"stop" text,
	"group_key" text,
	"cost" numeric(14,6) DEFAULT '0' NOT NULL,
	"events" integer DEFAULT 0 NOT NULL,
	"deadline" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"id" text PRIMARY KEY,
	"key" bigint NOT NULL,
	"queues" text[] NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "run_steps_worker_index" ON "run_steps" ("worker");--> statement-breakpoint
CREATE INDEX "runs_owner_id_created_at_index" ON "runs" ("owner_id","created_at");--> statement-breakpoint
CREATE INDEX "runs_owner_id_group_key_index" ON "runs" ("owner_id","group_key");--> statement-breakpoint
CREATE INDEX "runs_settled_at_index" ON "runs" ("settled_at");--> statement-breakpoint
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_run_id_runs_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "run_steps" ADD CONSTRAINT "run_steps_run_id_runs_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_owner_id_users_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE;