/// Migrations as Prisma writes them for a small project.
enum PrismaSample {
    static let migrations: [(name: String, sql: String)] = [
        (
            "20260101120000_init",
            """
            -- CreateEnum
            CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');

            -- CreateTable
            CREATE TABLE "User" (
                "id" SERIAL NOT NULL,
                "email" TEXT NOT NULL,
                "role" "Role" NOT NULL DEFAULT 'USER',
                "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

                CONSTRAINT "User_pkey" PRIMARY KEY ("id")
            );

            -- CreateTable
            CREATE TABLE "Post" (
                "id" TEXT NOT NULL,
                "title" VARCHAR(200) NOT NULL,
                "authorId" INTEGER,

                CONSTRAINT "Post_pkey" PRIMARY KEY ("id")
            );

            -- CreateIndex
            CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

            -- AddForeignKey
            ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") \
            ON DELETE SET NULL ON UPDATE CASCADE;
            """
        ),
        (
            "20260201120000_change",
            """
            /*
              Warnings:

              - The values [ADMIN] on the enum `Role` will be removed. If these variants are still \
            used in the database, this will fail.
              - Made the column `authorId` on table `Post` required. This step will fail if there \
            are existing NULL values in that column.
            */
            -- AlterEnum
            BEGIN;
            CREATE TYPE "Role_new" AS ENUM ('USER', 'OWNER');
            ALTER TABLE "User" ALTER COLUMN "role" DROP DEFAULT;
            ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new");
            ALTER TYPE "Role" RENAME TO "Role_old";
            ALTER TYPE "Role_new" RENAME TO "Role";
            DROP TYPE "Role_old";
            ALTER TABLE "User" ALTER COLUMN "role" SET DEFAULT 'USER';
            COMMIT;

            -- DropForeignKey
            ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey";

            -- AlterTable
            ALTER TABLE "Post" DROP COLUMN "title",
            ADD COLUMN     "slug" TEXT NOT NULL,
            ALTER COLUMN "authorId" SET NOT NULL;

            -- RedefineIndex
            ALTER INDEX "User_email_key" RENAME TO "User_mail_key";

            -- CreateIndex
            CREATE INDEX "Post_slug_idx" ON "Post"("slug");

            -- AddForeignKey
            ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") \
            ON DELETE RESTRICT ON UPDATE CASCADE;
            """
        ),
        (
            "20260301120000_values",
            """
            -- AlterEnum
            -- This migration adds more than one value to an enum.
            -- With PostgreSQL versions 11 and earlier, this is not possible in a single migration.

            ALTER TYPE "Role" ADD VALUE 'GUEST';
            ALTER TYPE "Role" ADD VALUE 'ROBOT';

            -- DropTable
            DROP TABLE "Post";
            """
        ),
    ]
}
