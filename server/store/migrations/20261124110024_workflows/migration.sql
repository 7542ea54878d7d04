CREATE TABLE "workflows" (
	"ownerId" text,
	"name" text,
	"text" text NOT NULL,
	"description" text,
	"triggers" jsonb NOT NULL,
	"updatedAt" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflows_pkey" PRIMARY KEY("ownerId","name")
);
--> statement-breakpoint
CREATE INDEX "workflows_triggers_index" ON "workflows" USING gin ("triggers" jsonb_path_ops);--> statement-breakpoint
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_ownerId_users_id_fkey" FOREIGN KEY ("ownerId") REFERENCES "users"("id") ON DELETE CASCADE;