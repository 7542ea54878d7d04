CREATE TABLE "artifacts" (
	"id" text PRIMARY KEY,
	"run" text NOT NULL,
	"step" text NOT NULL,
	"attempt" integer NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"type" text NOT NULL,
	"sha256" text NOT NULL,
	"bytes" bigint NOT NULL,
	"expiresAt" timestamp with time zone NOT NULL,
	"createdAt" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "artifacts_run_step_attempt_kind_name_unique" UNIQUE("run","step","attempt","kind","name")
);
--> statement-breakpoint
CREATE TABLE "blobs" (
	"sha256" text PRIMARY KEY,
	"bytes" bigint NOT NULL,
	"leasedUntil" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "step_log_chunks" (
	"run" text,
	"step" text,
	"attempt" integer,
	"at" bigint,
	"bytes" bytea NOT NULL,
	CONSTRAINT "step_log_chunks_pkey" PRIMARY KEY("run","step","attempt","at")
);
--> statement-breakpoint
CREATE TABLE "step_logs" (
	"run" text,
	"step" text,
	"attempt" integer,
	"length" bigint NOT NULL,
	"kept" bigint NOT NULL,
	"artifact" text,
	"grownAt" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "step_logs_pkey" PRIMARY KEY("run","step","attempt")
);
--> statement-breakpoint
CREATE INDEX "artifacts_sha256_index" ON "artifacts" ("sha256");--> statement-breakpoint
CREATE INDEX "artifacts_expiresAt_index" ON "artifacts" ("expiresAt");--> statement-breakpoint
CREATE INDEX "blobs_leasedUntil_index" ON "blobs" ("leasedUntil");--> statement-breakpoint
CREATE INDEX "step_logs_artifact_index" ON "step_logs" ("artifact");--> statement-breakpoint
CREATE INDEX "step_logs_grownAt_index" ON "step_logs" ("grownAt");--> statement-breakpoint
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_sha256_blobs_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "blobs"("sha256");--> statement-breakpoint
ALTER TABLE "step_log_chunks" ADD CONSTRAINT "step_log_chunks_log_fkey" FOREIGN KEY ("run","step","attempt") REFERENCES "step_logs"("run","step","attempt") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "step_logs" ADD CONSTRAINT "step_logs_artifact_artifacts_id_fkey" FOREIGN KEY ("artifact") REFERENCES "artifacts"("id") ON DELETE CASCADE ON UPDATE CASCADE;