CREATE TABLE "llm_charges" (
	"id" text PRIMARY KEY,
	"owner_id" text NOT NULL,
	"amount" numeric(14,6) NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "endedBy" text;--> statement-breakpoint
CREATE INDEX "llm_charges_owner_id_at_index" ON "llm_charges" ("owner_id","at");--> statement-breakpoint
CREATE INDEX "runs_open_idx" ON "runs" ("owner_id") WHERE "ended_at" is null;--> statement-breakpoint
ALTER TABLE "llm_charges" ADD CONSTRAINT "llm_charges_owner_id_users_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE;