ALTER TABLE "runs" ADD COLUMN "delivery" text;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_delivery_idx" ON "runs" ("owner_id","workflow","delivery");