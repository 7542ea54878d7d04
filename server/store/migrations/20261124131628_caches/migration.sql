CREATE TABLE "caches" (
	"id" text PRIMARY KEY,
	"ownerId" text NOT NULL,
	"repo" text NOT NULL,
	"branch" text NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"sha256" text NOT NULL,
	"bytes" bigint NOT NULL,
	"createdAt" timestamp with time zone DEFAULT now() NOT NULL,
	"usedAt" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "caches_ownerId_repo_branch_kind_key_unique" UNIQUE("ownerId","repo","branch","kind","key")
);
--> statement-breakpoint
CREATE TABLE "run_caches" (
	"run" text PRIMARY KEY,
	"ownerId" text NOT NULL,
	"attempt" text NOT NULL,
	"note" text NOT NULL,
	"repo" text NOT NULL,
	"branch" text NOT NULL,
	"needed" jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "caches_sha256_index" ON "caches" ("sha256");--> statement-breakpoint
CREATE INDEX "caches_usedAt_index" ON "caches" ("usedAt");--> statement-breakpoint
ALTER TABLE "caches" ADD CONSTRAINT "caches_ownerId_users_id_fkey" FOREIGN KEY ("ownerId") REFERENCES "users"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "caches" ADD CONSTRAINT "caches_sha256_blobs_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "blobs"("sha256");--> statement-breakpoint
ALTER TABLE "run_caches" ADD CONSTRAINT "run_caches_ownerId_users_id_fkey" FOREIGN KEY ("ownerId") REFERENCES "users"("id") ON DELETE CASCADE;