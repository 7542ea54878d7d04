CREATE TABLE "run_reservations" (
	"run_id" text,
	"instance" text,
	"attempt" integer NOT NULL,
	"amount" numeric(14,6) DEFAULT '0' NOT NULL,
	CONSTRAINT "run_reservations_pkey" PRIMARY KEY("run_id","instance")
);
--> statement-breakpoint
ALTER TABLE "run_reservations" ADD CONSTRAINT "run_reservations_run_id_runs_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE;