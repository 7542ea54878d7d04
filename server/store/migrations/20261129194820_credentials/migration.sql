CREATE TABLE "credentials" (
	"id" text PRIMARY KEY,
	"owner_id" text NOT NULL,
	"host" text NOT NULL,
	"path" text NOT NULL,
	"username" text,
	"write" boolean NOT NULL,
	"workspace_id" text,
	"everyone" boolean NOT NULL,
	"sealed" bytea NOT NULL,
	"fingerprint" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credentials_place" UNIQUE NULLS NOT DISTINCT("owner_id","host","path","everyone","workspace_id")
);
--> statement-breakpoint
CREATE TABLE "vault_keys" (
	"id" text PRIMARY KEY,
	"salt" bytea NOT NULL,
	"params" jsonb NOT NULL,
	"check" bytea NOT NULL
);
--> statement-breakpoint
CREATE INDEX "credentials_host_index" ON "credentials" ("host");--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_owner_id_users_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_workspace_id_workspaces_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE;