# sidestep lsp: known by name, said not to be in this build.
. "$(dirname "$0")/lib.sh"
for more in "" "x" "--unknown" "register --url x"; do
	sidestep lsp $more
	exits 4
	empty out
	err_has "'sidestep lsp' is not available in this build"
done
sidestep lsp --help
exits 0
out_has 'build\.$|Not part'
at_end
