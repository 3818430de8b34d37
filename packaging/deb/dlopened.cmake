# The libraries that the program opens at run time, as they are named in the source (tests/arch compares), and the packages
# that hold them on this system: dlopened_packages(VARIABLE).
set(DLOPENED libgit2.so.1.5 libcrypto.so.3 libmicrohttpd.so.12 libz.so.1)

function(dlopened_packages variable)
  set(packages)
  foreach(library IN LISTS DLOPENED)
    execute_process(COMMAND dpkg-query --search "*/${library}" OUTPUT_VARIABLE found RESULT_VARIABLE status ERROR_QUIET)
    if(NOT status EQUAL 0 OR NOT found MATCHES "^([a-z0-9.+-]+)(:[a-z0-9]+)?: ")
      message(FATAL_ERROR "no installed package holds ${library}, which the program loads at run time")
    endif()
    list(APPEND packages ${CMAKE_MATCH_1})
  endforeach()
  list(JOIN packages ", " packages)
  set(${variable} ${packages} PARENT_SCOPE)
endfunction()
