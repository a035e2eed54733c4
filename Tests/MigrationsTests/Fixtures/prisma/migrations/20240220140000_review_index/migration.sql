-- CreateIndex
CREATE INDEX CONCURRENTLY "Review_salonId_idx" ON "Review"("salonId");
